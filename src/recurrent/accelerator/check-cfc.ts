/** Checks that an engine runs a CfC's loop like the compiled kernels, before it is used for training. */

import {
  arenaOf,
  heapOf,
  largestDifference,
  productEngine,
  setProductEngine,
  type WasmBackend,
} from "tfjs-training/wasm";
import { Random } from "../../core/random.js";
import { type CfCEngine, cfcEngineName } from "../wasm/cfc-engine.js";
import { backwardPass, forwardPass } from "../wasm/cfc-pass.js";
import { activationNumbers, type CfCTask, modeNumbers, traceSize } from "../wasm/cfc-plan.js";

const [batch, steps, features, units, width] = [5, 4, 3, 7, 9];
const rows = batch * steps;

/**
 * Compares outputs and gradients of a small CfC with resets and masked steps, with and without an `elapsed` tensor,
 * with those of the compiled kernels. The engine has to accept loops of any size.
 *
 * @returns a description of the error, or undefined when all agree to 1e-4
 */
export function checkCfC(backend: WasmBackend, engine: CfCEngine): string | undefined {
  const installed = productEngine();
  try {
    for (const timed of [false, true]) {
      const [expected, actual] = [undefined, engine].map((cfc) => {
        setProductEngine({ multiply: () => false, extensions: { [cfcEngineName]: cfc } });
        return run(backend, timed);
      });
      const error = largestDifference(actual, expected);
      const name = `a CfC ${timed ? "with" : "without"} times`;
      if (!(error <= 1e-4)) return `${name} differs by ${error} from our own`;
    }
    return undefined;
  } finally {
    setProductEngine(installed);
  }
}

// All values that both passes compute.
function run(backend: WasmBackend, timed: boolean): Float32Array {
  const arena = arenaOf(backend);
  const random = new Random(1);
  const fill = (count: number, draw = () => random.uniform(-1, 1)) => {
    const at = arena.floats(count);
    const values = Float32Array.from({ length: count }, draw);
    heapOf(backend).set(values, at / 4);
    return at;
  };
  const layer = (inputs: number, outputs: number) => {
    return { kernel: fill(inputs * outputs), bias: fill(outputs), factors: 0, inputs, outputs };
  };
  const someZeros = () => (random.uniform(0, 1) < 0.3 ? 0 : 1);
  const task: CfCTask = {
    batch,
    steps,
    features,
    units,
    mode: modeNumbers.default,
    bounded: true,
    activation: activationNumbers.lecun_tanh,
    elapsed: 0.7,
    layers: [layer(features + units, width), layer(width, 4 * units)],
    wTau: 0,
    a: 0,
    x: fill(rows * features),
    state: fill(batch * units),
    times: timed ? fill(rows) : 0,
    resets: fill(rows, someZeros),
    mask: fill(rows, someZeros),
    dropout: [0],
  };
  const results: [at: number, count: number][] = [];
  const result = (count: number) => {
    const at = arena.floats(count);
    results.push([at, count]);
    return at;
  };
  const trace = arena.floats(traceSize(task));
  forwardPass(backend, arena, task, { outputs: result(rows * units), last: result(batch * units), trace });
  backwardPass(backend, arena, task, {
    dOutputs: fill(rows * units),
    dLast: fill(batch * units),
    trace,
    delta: result(rows * width),
    x: result(rows * features),
    dState: result(batch * units),
    layers: task.layers.map(({ inputs, outputs }) => ({
      kernel: result(inputs * outputs),
      bias: result(outputs),
    })),
    wTau: 0,
    a: 0,
    times: timed ? result(rows) : 0,
  });
  const heap = heapOf(backend);
  return Float32Array.from(results.flatMap(([at, count]) => [...heap.subarray(at / 4, at / 4 + count)]));
}
