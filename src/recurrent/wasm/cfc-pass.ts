/** Forward and backward pass of one CfC over whole sequences: the plan around the compiled kernels. */

import type { Arena } from "tfjs-training/wasm";
import { gemm, heapOf, type WasmBackend } from "tfjs-training/wasm";
import { backwardByEngine, forwardByEngine, traceHeader } from "./cfc-by-engine.js";
import {
  type CfCTask,
  packRowsOf,
  packTransposed,
  padded,
  padVector,
  partCount,
  planWords,
  prepareLayers,
  savesPreActivation,
  type TableEntry,
  writePlan,
} from "./cfc-layout.js";
import type { CfCBackwardTargets, CfCForwardTargets } from "./cfc-targets.js";
import { weightGradients } from "./cfc-weight-gradients.js";
import { kernelsOf } from "./kernels.js";

/** Where the backward pass finds what the forward pass kept. */
interface Trace {
  consumed: number;
  parts: number;
  z: number[];
  u: number[];
}

/** Floats that a forward pass keeps for the backward pass. */
export function traceSize(task: CfCTask): number {
  return traceLayout(task, 0).size;
}

function traceLayout(task: CfCTask, address: number): Trace & { size: number } {
  const rows = task.batch * task.steps;
  let size = traceHeader;
  const take = (width: number) => {
    const at = address + size * 4;
    size += rows * width;
    return at;
  };
  const widths = task.layers.slice(0, -1).map(({ outputs }) => padded(outputs));
  const consumed = take(padded(task.units));
  const parts = take(partCount(task) * padded(task.units));
  const z = widths.map(take);
  const u = savesPreActivation(task) ? widths.map(take) : widths.map(() => 0);
  return { consumed, parts, z, u, size };
}

/** How many sequences run together, as in assembly/cfc-product.ts. */
export function blockRows({ batch }: CfCTask): number {
  return batch >= 4 ? Math.min(batch, 32) & ~3 : 1;
}

/** Runs the forward pass. */
export function forwardPass(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCForwardTargets,
): void {
  if (forwardByEngine(backend, arena, task, targets)) return;
  const kernels = kernelsOf(backend);
  const allocate = (floats: number) => arena.floats(floats);
  const layers = prepareLayers(kernels, task, allocate);
  const { features, units, x } = task;
  const rows = task.batch * task.steps;
  const [first] = layers;
  const drives = arena.floats(rows * first.width);
  const dropout = padDropout(backend, task, allocate);
  const trace = targets.trace ? traceLayout(task, targets.trace) : undefined;
  const table = layers.map((layer, index): TableEntry => {
    const [skipped, terms] = index === 0 ? [features, units] : [0, layer.inputs];
    return {
      ...unused,
      width: layer.width,
      terms,
      kernel: packRowsOf(kernels, layer, skipped, terms, allocate),
      bias: layer.padBias,
      z: trace?.z[index] ?? 0,
      u: trace?.u[index] ?? 0,
      dropout: dropout[index] ?? 0,
    };
  });
  const widest = Math.max(...layers.map(({ width }) => width));
  const { outputs, last } = targets;
  const addresses = {
    drives,
    wTau: padVector(kernels, task.wTau, units, allocate),
    a: padVector(kernels, task.a, units, allocate),
    work: arena.floats(blockRows(task) * (padded(units) + 2 * widest)),
    consumed: trace?.consumed,
    parts: trace?.parts,
    outputs,
    last,
    lstm: targets.lstm,
  };
  const plan = arena.floats(planWords(table.length));
  gemm(backend, { m: rows, n: first.width, k: features, a: x, b: first.matrix, c: drives });
  writePlan(heapOf(backend).buffer, plan, task, addresses, table);
  kernels.cfcForward(plan);
}

const unused: TableEntry = {
  width: 0,
  terms: 0,
  kernel: 0,
  transposed: 0,
  inputs: 0,
  bias: 0,
  z: 0,
  u: 0,
  dropout: 0,
  delta: 0,
};

// The kernels read factors in rows of padded width.
function padDropout(backend: WasmBackend, task: CfCTask, allocate: (floats: number) => number): number[] {
  const rows = task.batch * task.steps;
  return task.dropout.map((address, index) => {
    const { outputs } = task.layers[index];
    if (address === 0 || outputs % 8 === 0) return address;
    const out = allocate(rows * padded(outputs));
    kernelsOf(backend).padHeads(address, 0, out, rows, 1, outputs, padded(outputs), false, 0);
    return out;
  });
}

/** Runs the backward pass. */
export function backwardPass(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCBackwardTargets,
): void {
  if (backwardByEngine(backend, arena, task, targets)) return;
  const kernels = kernelsOf(backend);
  const allocate = (floats: number) => arena.floats(floats);
  const layers = prepareLayers(kernels, task, allocate);
  const { features, units } = task;
  const rows = task.batch * task.steps;
  const trace = traceLayout(task, targets.trace);
  const dropout = padDropout(backend, task, allocate);
  const table = layers.map((layer, index): TableEntry => {
    const [skipped, terms] = index === 0 ? [features, units] : [0, layer.inputs];
    return {
      ...unused,
      width: layer.width,
      terms,
      transposed: packTransposed(kernels, layer, skipped, terms, allocate),
      z: trace.z[index] ?? 0,
      u: trace.u[index] ?? 0,
      dropout: dropout[index] ?? 0,
      delta: (index === 0 && layer.plain && targets.delta) || arena.floats(rows * layer.width),
    };
  });
  const widest = Math.max(...layers.map(({ width }) => width));
  const sums = arena.floats(2 * padded(units));
  const addresses = {
    wTau: padVector(kernels, task.wTau, units, allocate),
    a: padVector(kernels, task.a, units, allocate),
    work: arena.floats(blockRows(task) * (2 * padded(units) + widest)),
    consumed: trace.consumed,
    parts: trace.parts,
    outputs: targets.dOutputs,
    last: targets.dLast,
    dState: targets.dState,
    dTimes: targets.times,
    dWTau: sums,
    dA: sums + padded(units) * 4,
    lstm: targets.lstm,
  };
  const plan = arena.floats(planWords(table.length));
  const heap = heapOf(backend);
  heap.fill(0, sums / 4, sums / 4 + 2 * padded(units));
  writePlan(heap.buffer, plan, task, addresses, table);
  kernels.cfcBackward(plan);
  weightGradients(backend, arena, task, targets, {
    deltas: table.map(({ delta }) => delta),
    widths: layers.map(({ width }) => width),
    consumed: trace.consumed,
    consumedWidth: padded(units),
    z: trace.z,
  });
  if (targets.wTau) finishPure(backend, task, targets, sums);
  const [{ width, matrix }] = layers;
  const product = { m: rows, n: features, k: width, a: table[0].delta, b: matrix, transposeB: true };
  if (targets.x) gemm(backend, { ...product, c: targets.x });
}

function finishPure(backend: WasmBackend, task: CfCTask, targets: CfCBackwardTargets, sums: number): void {
  const heap = heapOf(backend);
  const [weight, dWeight, dA] = [task.wTau / 4, targets.wTau / 4, targets.a / 4];
  for (let i = 0; i < task.units; i++) {
    heap[dWeight + i] = heap[sums / 4 + i] * Math.sign(heap[weight + i]); // the formula has |w_tau|
    heap[dA + i] = heap[sums / 4 + padded(task.units) + i];
  }
}
