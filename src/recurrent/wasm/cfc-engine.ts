/** The loop over time of a CfC, by an engine in place of the compiled kernels. */

import {
  gemm,
  heapOf,
  isRecording,
  productEngine,
  refuseCapture,
  type WasmBackend,
  wordsOf,
} from "tfjs-training/wasm";
import {
  type CfCBackwardTargets,
  type CfCForwardTargets,
  type CfCGradientSources,
  type CfCPass,
  type CfCTask,
  type CfCTimeLoop,
  headLayout,
  modeNumbers,
  traceHeader,
} from "./cfc-plan.js";
import { kernelsOf } from "./kernels.js";

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

// Engines that have left traces; a trace begins with the number of its engine here, counted from 1, or 0.
const engines: CfCEngine[] = [];

/** The loop over time by an engine, where there is one that takes it. */
export class EngineLoop implements CfCTimeLoop {
  private constructor(
    private readonly pass: CfCPass,
    private readonly loop: CfCLoop,
    private readonly engine: CfCEngine,
  ) {}

  /** For a forward pass; undefined where it is for the compiled kernels. The trace keeps which it is. */
  static forForward(pass: CfCPass, { trace, lstm }: CfCForwardTargets): EngineLoop | undefined {
    const { backend, task } = pass;
    if (isRecording()) {
      if (trace) kernelsOf(backend).storeWord(trace, 0);
      return withoutEngine();
    }
    const engine = lstm ? undefined : (productEngine()?.extensions?.[cfcEngineName] as CfCEngine | undefined);
    const loop = engine && loopOf(backend, task, trace !== 0);
    const taken = engine && loop && engine.accepts(loop);
    if (trace) wordsOf(backend)[trace / 4] = taken ? numberOf(engine) : 0;
    return taken ? new EngineLoop(pass, loop, engine) : undefined;
  }

  /** For a backward pass; undefined where the trace is that of the compiled kernels. */
  static forBackward(pass: CfCPass, { trace }: CfCBackwardTargets): EngineLoop | undefined {
    if (isRecording()) return withoutEngine();
    const number = wordsOf(pass.backend)[trace / 4];
    if (number === 0) return undefined;
    const loop = loopOf(pass.backend, pass.task, true)!; // as in the forward pass
    return new EngineLoop(pass, loop, engines[number - 1]);
  }

  /** @inheritDoc */
  forward({ outputs, last, trace }: CfCForwardTargets): void {
    const { loop, engine } = this;
    const { backend, arena, task } = this.pass;
    const { features, x, layers, state } = task;
    const rows = task.batch * task.steps;
    const [width] = loop.widths;
    const weights = prepare(this.pass, loop);
    const drives = arena.floats(rows * width);
    const product = { m: rows, n: width, k: features, a: x, b: layers[0].kernel, c: drives };
    gemm(backend, product, { bias: layers[0].bias });
    engine.forward(backend, loop, { ...weights, ...traceOf(loop, trace), drives, state, outputs, last });
  }

  /** @inheritDoc */
  backward(targets: CfCBackwardTargets): CfCGradientSources {
    const { loop, engine } = this;
    const { backend, arena, task } = this.pass;
    const { units, layers } = task;
    const rows = task.batch * task.steps;
    const weights = prepare(this.pass, loop);
    const { consumed, parts, z } = traceOf(loop, targets.trace);
    const heads = loop.timed ? 4 : 3;
    const widths = [...loop.widths, heads * units];
    const deltas = widths.map((width, i) => (i === 0 && targets.delta) || arena.floats(rows * width));
    const factors = arena.floats(rows * heads * units + 4);
    const [f, g, gate, a] = parts;
    const { times, runs, kernels, keep } = weights;
    const { gated, bounded } = loop;
    kernelsOf(backend).headFactors(f, g, gate, times, runs, factors, rows, units, gated, bounded);
    const { dOutputs, dLast, dState } = targets;
    engine.backward(backend, loop, { kernels, keep, runs, z, factors, dOutputs, dLast, dState, deltas });
    if (targets.times) {
      // The gate's pre-activation is a t + c, and c's gradient is the last of the heads'.
      const dTimes = arena.floats(rows);
      const from = deltas[deltas.length - 1] + 3 * units * 4;
      kernelsOf(backend).rowDots(from, 4 * units * 4, a, units * 4, dTimes, rows, units);
      turn(backend, dTimes, task.steps, task.batch, targets.times, (d) => (bounded ? d : -d));
    }
    return { deltas, widths, consumed, consumedWidth: units, z, inputKernel: layers[0].kernel };
  }
}

// Recorded passes are those of the compiled kernels.
function withoutEngine(): undefined {
  if (productEngine()?.extensions?.[cfcEngineName]) refuseCapture("may run by an engine");
}

function numberOf(engine: CfCEngine): number {
  if (!engines.includes(engine)) engines.push(engine);
  return engines.indexOf(engine) + 1;
}

// Pure mode, dropout and weights with factors are for the compiled kernels. Resets and masks without effect, as most
// rollouts have them, are left out.
function loopOf(backend: WasmBackend, task: CfCTask, record: boolean): CfCLoop | undefined {
  const { batch, steps, units, mode, bounded, activation, layers, dropout } = task;
  if (mode === modeNumbers.pure || dropout.some((address) => address !== 0)) return undefined;
  if (layers.some(({ factors }) => factors !== 0)) return undefined;
  const flags = (address: number) => heapOf(backend).subarray(address / 4, address / 4 + batch * steps);
  return {
    batch,
    steps,
    units,
    widths: layers.slice(0, -1).map(({ outputs }) => outputs),
    activation,
    gated: mode === modeNumbers.default,
    bounded,
    timed: task.times !== 0,
    resets: task.resets !== 0 && flags(task.resets).some((reset) => reset !== 0),
    masked: task.mask !== 0 && flags(task.mask).some((runs) => runs === 0),
    record,
  };
}

function traceOf({ batch, steps, units, widths, timed, record }: CfCLoop, trace: number): CfCLoopTrace {
  if (!record) return { consumed: 0, z: [], parts: [] };
  let at = trace + traceHeader * 4;
  const take = (width: number) => {
    const address = at;
    at += batch * steps * width * 4;
    return address;
  };
  const consumed = take(units);
  const parts = Array.from({ length: timed ? 4 : 3 }, () => take(units));
  return { consumed, parts, z: widths.map(take) };
}

// Weights as the engine takes them: without the inputs' rows, and with a single gate where all steps take one time.
function prepare(
  { backend, arena, task }: CfCPass,
  loop: CfCLoop,
): CfCLoopWeights & Pick<CfCLoopForward, "biases" | "times"> {
  const { layers, features, units } = task;
  const rows = task.batch * task.steps;
  const kernels = layers.map(({ kernel, outputs }, i) =>
    i === 0 ? kernel + features * outputs * 4 : kernel,
  );
  const biases = layers.map(({ bias }) => bias);
  const { folds, heads, rate } = headLayout(task);
  if (folds) {
    const last = layers.length - 1;
    const { inputs } = layers[last];
    const [kernel, bias] = [arena.floats(inputs * 3 * units), arena.floats(3 * units)];
    const fold = (from: number, to: number, count: number) =>
      kernelsOf(backend).padHeads(from, 0, to, count, heads, units, units, true, rate);
    fold(kernels[last], kernel, inputs);
    fold(biases[last], bias, 1);
    kernels[last] = kernel;
    biases[last] = bias;
  }
  const [times, keep, runs] = [loop.timed, loop.resets, loop.masked].map((present) =>
    present ? arena.floats(rows) : 0,
  );
  const byStep = (from: number, to: number, map: (value: number) => number) =>
    turn(backend, from, task.batch, task.steps, to, map);
  if (times) byStep(task.times, times, (time) => (task.bounded ? time : -time));
  if (keep) byStep(task.resets, keep, (reset) => (reset === 0 ? 1 : 0));
  if (runs) byStep(task.mask, runs, (runs) => (runs === 0 ? 0 : 1));
  return { kernels, biases, times, keep, runs };
}

// Writes a matrix transposed, each number by `map`.
function turn(
  backend: WasmBackend,
  from: number,
  rows: number,
  columns: number,
  to: number,
  map: (value: number) => number,
): void {
  const heap = heapOf(backend);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) heap[to / 4 + j * rows + i] = map(heap[from / 4 + i * columns + j]);
  }
}
