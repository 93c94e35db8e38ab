/** Forward and backward pass of one CfC over whole sequences. */

import type { Arena } from "tfjs-training/wasm";
import { constantWords, gemm, heapOf, type WasmBackend } from "tfjs-training/wasm";
import { EngineLoop } from "./cfc-engine.js";
import {
  blockRows,
  type CfCBackwardTargets,
  type CfCForwardTargets,
  type CfCGradientSources,
  type CfCPass,
  type CfCTask,
  type CfCTimeLoop,
  headLayout,
  packRowsOf,
  packTransposed,
  padded,
  padVector,
  planWords,
  prepareLayers,
  type TableEntry,
  traceLayout,
  writePlan,
} from "./cfc-plan.js";
import { kernelsOf } from "./kernels.js";

/** Runs the forward pass. */
export function forwardPass(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCForwardTargets,
): void {
  const pass = { backend, arena, task };
  const loop = EngineLoop.forForward(pass, targets) ?? new KernelLoop(pass);
  loop.forward(targets);
}

/** Runs the backward pass. */
export function backwardPass(
  backend: WasmBackend,
  arena: Arena,
  task: CfCTask,
  targets: CfCBackwardTargets,
): void {
  const pass = { backend, arena, task };
  const loop = EngineLoop.forBackward(pass, targets) ?? new KernelLoop(pass);
  const sources = loop.backward(targets);
  weightGradients(pass, targets, sources);
  if (!targets.x) return;
  const { deltas, widths, inputKernel } = sources;
  const { batch, steps, features } = task;
  const product = { m: batch * steps, n: features, k: widths[0], a: deltas[0], b: inputKernel };
  gemm(backend, { ...product, transposeB: true, c: targets.x });
}

// The loop over time by the compiled kernels.
class KernelLoop implements CfCTimeLoop {
  constructor(private readonly pass: CfCPass) {}

  forward(targets: CfCForwardTargets): void {
    const { backend, arena, task } = this.pass;
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
    gemm(backend, { m: rows, n: first.width, k: features, a: x, b: first.matrix, c: drives });
    const plan = constantWords(backend, arena, planWords(table.length), (buffer, at) =>
      writePlan(buffer, at, task, addresses, table),
    );
    kernels.cfcForward(plan);
  }

  backward(targets: CfCBackwardTargets): CfCGradientSources {
    const { backend, arena, task } = this.pass;
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
    kernels.fillZeros(sums, 8 * padded(units));
    const plan = constantWords(backend, arena, planWords(table.length), (buffer, at) =>
      writePlan(buffer, at, task, addresses, table),
    );
    kernels.cfcBackward(plan);
    if (targets.wTau) finishPure(backend, task, targets, sums);
    return {
      deltas: table.map(({ delta }) => delta),
      widths: layers.map(({ width }) => width),
      consumed: trace.consumed,
      consumedWidth: padded(units),
      z: trace.z,
      inputKernel: layers[0].matrix,
    };
  }
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

function finishPure(backend: WasmBackend, task: CfCTask, targets: CfCBackwardTargets, sums: number): void {
  const heap = heapOf(backend);
  const [weight, dWeight, dA] = [task.wTau / 4, targets.wTau / 4, targets.a / 4];
  for (let i = 0; i < task.units; i++) {
    heap[dWeight + i] = heap[sums / 4 + i] * Math.sign(heap[weight + i]); // the formula has |w_tau|
    heap[dA + i] = heap[sums / 4 + padded(task.units) + i];
  }
}

// Writes the gradients of kernels and biases, and that of the first pre-activations where it is not in its place.
function weightGradients(
  { backend, arena, task }: CfCPass,
  targets: CfCBackwardTargets,
  { deltas, widths, consumed, consumedWidth, z }: CfCGradientSources,
): void {
  const kernels = kernelsOf(backend);
  const { features, units, x, layers } = task;
  const rows = task.batch * task.steps;
  const layout = headLayout(task);
  layers.forEach(({ inputs, outputs, factors }, index) => {
    const [delta, width] = [deltas[index], widths[index]];
    const isHeads = index === layers.length - 1;
    const heads = isHeads ? layout.heads : 1;
    const folds = isHeads && layout.folds;
    const plain = !folds && width === outputs && factors === 0;
    const target = targets.layers[index];
    const kernel = plain ? target.kernel : arena.floats(inputs * width);
    const bias = plain ? target.bias : arena.floats(width);
    const product = { n: width, k: rows, b: delta, transposeA: true };
    if (index === 0) {
      gemm(backend, { ...product, m: features, a: x, c: kernel });
      const c = kernel + features * width * 4;
      gemm(backend, { ...product, m: units, a: consumed, lda: consumedWidth, c });
    } else {
      gemm(backend, { ...product, m: inputs, a: z[index - 1], lda: widths[index - 1], c: kernel });
    }
    kernels.columnSum(delta, bias, rows, width);
    if (plain) return;
    const padded = width / (folds ? layout.kept : heads);
    const unpad = (from: number, scale: number, to: number, count: number) =>
      kernels.unpadHeads(from, scale, to, count, heads, outputs / heads, padded, folds, layout.rate);
    unpad(kernel, factors, target.kernel, inputs);
    unpad(bias, 0, target.bias, 1);
    if (index === 0 && targets.delta) unpad(delta, 0, targets.delta, rows);
  });
}
