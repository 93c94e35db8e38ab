/** Forward and backward pass of one CfC whose loop over time an engine runs: what is left is done around it. */

import type { Arena } from "tfjs-training/wasm";
import { gemm, heapOf, productEngine, type WasmBackend, wordsOf } from "tfjs-training/wasm";
import {
  type CfCEngine,
  type CfCLoop,
  type CfCLoopForward,
  type CfCLoopTrace,
  type CfCLoopWeights,
  cfcEngineName,
} from "./cfc-engine.js";
import { type CfCTask, headLayout, modeNumbers } from "./cfc-layout.js";
import type { CfCBackwardTargets, CfCForwardTargets } from "./cfc-targets.js";
import { weightGradients } from "./cfc-weight-gradients.js";
import { kernelsOf } from "./kernels.js";

// Engines that have left traces; a trace begins with the number of its engine here, counted from 1, or 0.
const engines: CfCEngine[] = [];

/** Words in front of a trace; the first tells who made it. */
export const traceHeader = 4;

/** Runs the forward pass and returns true, or false where it is for the compiled kernels. */
export function forwardByEngine(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCForwardTargets,
): boolean {
  const engine = targets.lstm
    ? undefined
    : (productEngine()?.extensions?.[cfcEngineName] as CfCEngine | undefined);
  const loop = engine && loopOf(backend, task, targets.trace !== 0);
  const taken = engine && loop && engine.accepts(loop);
  if (targets.trace) wordsOf(backend)[targets.trace / 4] = taken ? numberOf(engine) : 0;
  if (!taken) return false;
  const { features, x, layers } = task;
  const rows = task.batch * task.steps;
  const [width] = loop.widths;
  const weights = prepare(backend, arena, task, loop);
  const drives = arena.floats(rows * width);
  const trace = traceOf(loop, targets.trace);
  const product = { m: rows, n: width, k: features, a: x, b: layers[0].kernel, c: drives };
  gemm(backend, product, { bias: layers[0].bias });
  const { outputs, last } = targets;
  engine.forward(backend, loop, { ...weights, ...trace, drives, state: task.state, outputs, last });
  return true;
}

/** Runs the backward pass and returns true, or false where the trace is that of the compiled kernels. */
export function backwardByEngine(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCBackwardTargets,
): boolean {
  const number = wordsOf(backend)[targets.trace / 4];
  if (number === 0) return false;
  const loop = loopOf(backend, task, true)!; // as in the forward pass
  const { units, layers } = task;
  const rows = task.batch * task.steps;
  const weights = prepare(backend, arena, task, loop);
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
  const addresses = { kernels, keep, runs, z, factors, dOutputs, dLast, dState, deltas };
  engines[number - 1].backward(backend, loop, addresses);
  weightGradients(backend, arena, task, targets, { deltas, widths, consumed, consumedWidth: units, z });
  if (targets.times) {
    // The gate's pre-activation is a t + c, and c's gradient is the last of the heads'.
    const dTimes = arena.floats(rows);
    const from = deltas[deltas.length - 1] + 3 * units * 4;
    kernelsOf(backend).rowDots(from, 4 * units * 4, a, units * 4, dTimes, rows, units);
    turn(backend, dTimes, task.steps, task.batch, targets.times, (d) => (bounded ? d : -d));
  }
  const product = { m: rows, n: task.features, k: widths[0], a: deltas[0], b: layers[0].kernel };
  if (targets.x) gemm(backend, { ...product, transposeB: true, c: targets.x });
  return true;
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
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
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
