/** The loop over time of a CfC, by an engine in place of the compiled kernels. */

import type { WasmBackend } from "tfjs-training/wasm";

/** Name of the engine among the extensions of the accelerator. */
export const cfcEngineName = "cfc";

/** Which loop it is. */
export interface CfCLoop {
  batch: number;
  steps: number;
  units: number;
  /** Outputs of the backbone layers; at least one. */
  widths: readonly number[];
  /** Number of the backbone's activation, as in `activationNumbers`. */
  activation: number;
  /** Mode `default`; otherwise `no_gate`. */
  gated: boolean;
  /** Whether `f` and `g` pass through tanh. */
  bounded: boolean;
  /** Whether every step has its own time: then there are four heads `f | g | a | c`, else three, `f | g | gate`. */
  timed: boolean;
  /** Whether states are cleared before some steps. */
  resets: boolean;
  /** Whether some steps are skipped. */
  masked: boolean;
  /** Whether a backward pass may follow. */
  record: boolean;
}

/** What both passes read, as byte addresses; 0 for what there is not. Matrices lie row by row, without gaps. */
export interface CfCLoopWeights {
  /** Of each layer, `[its inputs, its outputs]`: the rows of the first that meet the state; the last is the heads. */
  kernels: readonly number[];
  /** `[steps, batch]`: 0 where the state is cleared, else 1. */
  keep: number;
  /** `[steps, batch]`: 0 where the step is skipped, else 1. */
  runs: number;
}

/** What the forward pass keeps, as byte addresses; unused without `record`. */
export interface CfCLoopTrace {
  /** The states that the steps take `[batch, steps, units]`. */
  consumed: number;
  /** Activations of each backbone layer `[steps, batch, width]`. */
  z: readonly number[];
  /** `f`, `g`, `s` and, if timed, `a`: `[steps, batch, units]` each. */
  parts: readonly number[];
}

/** Addresses of a forward pass. */
export interface CfCLoopForward extends CfCLoopWeights, CfCLoopTrace {
  /** The first layer's product with the inputs, and its bias `[batch, steps, width]`. */
  drives: number;
  /** `[outputs]` of each layer; that of the first is in `drives`. */
  biases: readonly number[];
  /** `[steps, batch]` times of the gate, with its sign. */
  times: number;
  /** `[batch, units]`. */
  state: number;
  /** Result `[batch, steps, units]`. */
  outputs: number;
  /** Result `[batch, units]`. */
  last: number;
}

/** Addresses of a backward pass. */
export interface CfCLoopBackward extends CfCLoopWeights {
  /** Of the trace. */
  z: readonly number[];
  /** What the gradient of a state is multiplied with to give those of the heads `[steps, batch, heads * units]`. */
  factors: number;
  /** `[batch, steps, units]`. */
  dOutputs: number;
  /** `[batch, units]`. */
  dLast: number;
  /** Result `[batch, units]`. */
  dState: number;
  /**
   * Results: gradients of each layer's pre-activations, of the first `[batch, steps, width]`, of the others
   * `[steps, batch, width]`.
   */
  deltas: readonly number[];
}

/** Runs loops on the memory of the backend. */
export interface CfCEngine {
  /** Whether it can run this loop, and is faster at it than the compiled kernels. */
  accepts(loop: CfCLoop): boolean;
  /** Runs the forward pass. */
  forward(backend: WasmBackend, loop: CfCLoop, addresses: CfCLoopForward): void;
  /** Runs the backward pass. */
  backward(backend: WasmBackend, loop: CfCLoop, addresses: CfCLoopBackward): void;
}
