/** Runs the loop over time of a CfC in a native runtime, on the backend's memory. */

import type { ProductRuntime, RuntimeMatrix, RuntimeSession, WasmBackend } from "tfjs-training/wasm";
import { productNames } from "tfjs-training/wasm";
import { sizeOf } from "../../core/state.js";
import type {
  CfCEngine,
  CfCLoop,
  CfCLoopBackward,
  CfCLoopForward,
  CfCLoopWeights,
} from "../wasm/cfc-engine.js";
import { activationNumbers } from "../wasm/cfc-plan.js";
import { cfcNames, encodeCfCBackward, encodeCfCForward } from "./cfc-model.js";

/** Options of {@link RuntimeCfC}. */
export interface RuntimeCfCOptions {
  /** Number of threads of the runtime, default 1. */
  threads?: number;
  /** Loops with fewer multiplications per step stay on the compiled kernels; see {@link worthwhileStep}. */
  minWork?: number;
}

/**
 * Multiplications per step above which the runtime is faster: it takes some 20 microseconds for each step, half as much
 * again if steps are masked, and packs the weights every time, which only pays off for many sequences.
 */
const worthwhileStep = 5 << 17;
const fewestSequences = 16;

const activations: readonly number[] = [
  activationNumbers.lecun_tanh,
  activationNumbers.tanh,
  activationNumbers.relu,
];

type Arrays = Record<string, RuntimeMatrix>;
type Describe = (address: number, ...shape: number[]) => RuntimeMatrix;

/** Passes loops to a runtime, with one loaded model for each kind of loop. */
export class RuntimeCfC implements CfCEngine {
  private readonly sessions = new Map<string, RuntimeSession>();
  private readonly threads: number;
  private readonly minWork: number;

  constructor(
    private readonly runtime: ProductRuntime,
    { threads = 1, minWork = worthwhileStep }: RuntimeCfCOptions = {},
  ) {
    this.threads = threads;
    this.minWork = minWork;
  }

  /** @inheritDoc */
  accepts({ batch, units, widths, timed, masked, activation }: CfCLoop): boolean {
    const inner = [units, ...widths];
    const outer = [...widths, (timed ? 4 : 3) * units];
    const work = inner.reduce((sum, width, i) => sum + width * outer[i], 0);
    if (widths.length === 0 || !activations.includes(activation)) return false;
    if (this.minWork > 0 && batch < fewestSequences) return false;
    return batch * work >= (masked ? 1.5 : 1) * this.minWork;
  }

  /** @inheritDoc */
  forward(backend: WasmBackend, loop: CfCLoop, addresses: CfCLoopForward): void {
    const { batch, steps, units, widths, timed, record } = loop;
    const { state, drives, times, outputs, last, biases, consumed, z, parts } = addresses;
    const names = cfcNames;
    const describe = this.describer(backend);
    const inputs: Arrays = {
      [names.state]: describe(state, batch, units),
      [names.drives]: describe(drives, batch, steps, widths[0]),
      ...shared(describe, loop, addresses),
    };
    if (timed) inputs[names.times] = describe(times, steps, batch, 1);
    for (let i = 1; i < biases.length; i++) inputs[names.bias + i] = describe(biases[i], outputsOf(loop, i));
    const results: Arrays = {
      [names.last]: describe(last, batch, units),
      [names.outputs]: describe(outputs, batch, steps, units),
    };
    if (record) {
      results[names.consumed] = describe(consumed, batch, steps, units);
      for (const [i, at] of z.entries()) results[names.z + i] = describe(at, steps, batch, widths[i]);
      for (const [i, at] of parts.entries()) results[names.part + i] = describe(at, steps, batch, units);
    }
    this.run("forward", loop, inputs, results);
  }

  /** @inheritDoc */
  backward(backend: WasmBackend, loop: CfCLoop, addresses: CfCLoopBackward): void {
    const { batch, steps, units, widths } = loop;
    const { dOutputs, dLast, dState, deltas, factors, z } = addresses;
    const names = cfcNames;
    const describe = this.describer(backend);
    const inputs: Arrays = {
      [names.dLast]: describe(dLast, batch, units),
      [names.dOutputs]: describe(dOutputs, batch, steps, units),
      ...shared(describe, loop, addresses),
    };
    for (const [i, at] of z.entries()) inputs[names.z + i] = describe(at, steps, batch, widths[i]);
    inputs[names.factors] = describe(factors, steps, batch, outputsOf(loop, widths.length));
    const results: Arrays = { [names.dState]: describe(dState, batch, units) };
    for (const [i, at] of deltas.entries()) {
      const shape = i === 0 ? [batch, steps] : [steps, batch];
      results[names.delta + i] = describe(at, ...shape, outputsOf(loop, i));
    }
    this.run("backward", { ...loop, record: true }, inputs, results);
  }

  // The results are written in place; calls for which the runtime would make other copies are refused, see
  // `productNames`.
  private run(pass: "forward" | "backward", loop: CfCLoop, inputs: Arrays, results: Arrays): void {
    const { widths, activation, gated, bounded, timed, resets, masked, record } = loop;
    const layers = widths.length;
    const model = { layers, activation, gated, bounded, timed, resets, masked, record };
    const key = `${pass} ${Object.values(model)}`;
    let session = this.sessions.get(key);
    if (!session) {
      const encode = pass === "forward" ? encodeCfCForward : encodeCfCBackward;
      session = this.runtime.load(encode(model), this.threads);
      this.sessions.set(key, session);
    }
    session.run(inputs, { [productNames.empty]: null, ...results });
  }

  private describer(backend: WasmBackend): Describe {
    const { buffer } = backend.wasm.HEAPU8;
    return (address, ...shape) => {
      return this.runtime.array(new Float32Array(buffer, address, sizeOf(shape)), shape);
    };
  }
}

function shared(describe: Describe, loop: CfCLoop, addresses: CfCLoopWeights): Arrays {
  const { batch, steps, units, widths, resets, masked } = loop;
  const { kernels, keep, runs } = addresses;
  const arrays: Arrays = {};
  for (const [i, at] of kernels.entries()) {
    arrays[cfcNames.kernel + i] = describe(at, i === 0 ? units : widths[i - 1], outputsOf(loop, i));
  }
  if (resets) arrays[cfcNames.keep] = describe(keep, steps, batch, 1);
  if (masked) arrays[cfcNames.runs] = describe(runs, steps, batch, 1);
  return arrays;
}

// Number of columns of the `i`-th layer; the last is the heads.
function outputsOf({ widths, units, timed }: CfCLoop, i: number): number {
  return i < widths.length ? widths[i] : (timed ? 4 : 3) * units;
}
