/** Runs the LSTM of a CfC with mixed memory: its plan for the compiled kernels, and the gradients of its weights. */

import type { Arena } from "tfjs-training/wasm";
import { gemm, heapOf, type WasmBackend } from "tfjs-training/wasm";
import { padded } from "./cfc-plan.js";
import { kernelsOf } from "./kernels.js";

/** Tensors of the LSTM as byte addresses. */
export interface LstmTask {
  batch: number;
  steps: number;
  features: number;
  units: number;
  /** Number of sequences that run together. */
  blockRows: number;
  /** Bias added to the forget gate. */
  forgetBias: number;
  /** Inputs `[rows, features]`. */
  x: number;
  /** Input kernel `[features, 4 * units]`. */
  kernel: number;
  /** Recurrent kernel `[units, 4 * units]`. */
  recurrent: number;
  /** Bias `[4 * units]`. */
  bias: number;
  /** Memory after the last step `[batch, units]`, or its gradient. */
  last: number;
  /** Trace: {@link lstmTraceSize} floats, or 0. */
  trace: number;
}

type Sizes = Pick<LstmTask, "batch" | "steps" | "units">;

/** Number of floats that a forward pass keeps for the backward pass. */
export function lstmTraceSize({ batch, steps, units }: Sizes): number {
  return 7 * batch * steps * padded(units);
}

// consumed | before | gates | squashed
function traceOf(trace: number, { batch, steps, units }: Sizes) {
  if (!trace) return { consumed: 0, before: 0, gates: 0, squashed: 0 };
  const size = 4 * batch * steps * padded(units);
  return { consumed: trace, before: trace + size, gates: trace + 2 * size, squashed: trace + 6 * size };
}

/** Writes the plan of a forward pass from the memories at `first`; returns its address. */
export function planLstmForward(backend: WasmBackend, arena: Arena, task: LstmTask, first: number): number {
  const { batch, steps, features, units, x } = task;
  const kernels = kernelsOf(backend);
  const columns = 4 * padded(units);
  const rows = batch * steps;
  const kernel = padGates(backend, arena, task, task.kernel, features);
  const recurrent = padGates(backend, arena, task, task.recurrent, units);
  const bias = padGates(backend, arena, task, task.bias, 1);
  const panels = arena.floats(units * columns);
  kernels.packColumns(recurrent, columns * 4, units, columns, panels, units * 32);
  const drives = arena.floats(rows * columns);
  const work = arena.floats(6 * task.blockRows * padded(units));
  const trace = traceOf(task.trace, task);
  const plan = arena.floats(14);
  gemm(backend, { m: rows, n: columns, k: features, a: x, b: kernel, c: drives });
  const { consumed, before, gates, squashed } = trace;
  const addresses = [
    drives,
    bias,
    panels,
    0,
    first,
    task.last,
    0,
    work,
    consumed,
    before,
    gates,
    squashed,
    0,
  ];
  return writePlan(backend, plan, task.forgetBias, addresses);
}

/** A planned backward pass. */
export interface LstmBackward {
  /** Address of the plan. */
  plan: number;
  /** Gradient of the gates `[rows, 4 * padded units]`, after the pass. */
  delta: number;
}

/**
 * Writes the plan of a backward pass; the initial memories' gradients go to `dFirst`, those of the gates to
 * `target [rows, 4 * units]`, by {@link lstmGradients} if units are padded.
 */
export function planLstmBackward(
  backend: WasmBackend,
  arena: Arena,
  task: LstmTask,
  dFirst: number,
  target: number,
): LstmBackward {
  const { batch, steps, units } = task;
  const columns = 4 * padded(units);
  const recurrent = padGates(backend, arena, task, task.recurrent, units);
  const panels = arena.floats(padded(units) * columns);
  kernelsOf(backend).packRows(recurrent, columns * 4, columns, units, panels, columns * 32);
  const work = arena.floats(6 * task.blockRows * padded(units));
  const delta = isPlain(task) ? target : arena.floats(batch * steps * columns);
  const { consumed, before, gates, squashed } = traceOf(task.trace, task);
  const plan = arena.floats(14);
  const addresses = [0, 0, 0, panels, 0, task.last, dFirst, work, consumed, before, gates, squashed, delta];
  return { plan: writePlan(backend, plan, task.forgetBias, addresses), delta };
}

/** Addresses of the gradients, in the shapes of the weights. */
export interface LstmGradients {
  kernel: number;
  recurrent: number;
  bias: number;
  /** Gradient of the gates `[rows, 4 * units]`. */
  delta: number;
}

/** Computes the gradients of the weights, after the backward pass. */
export function lstmGradients(
  backend: WasmBackend,
  arena: Arena,
  task: LstmTask,
  delta: number,
  targets: LstmGradients,
): void {
  const kernels = kernelsOf(backend);
  const { features, units, batch, steps, x } = task;
  const rows = batch * steps;
  const columns = 4 * padded(units);
  const product = { n: columns, k: rows, b: delta, transposeA: true };
  const plain = isPlain(task);
  const { kernel, recurrent, bias } = plain ? targets : paddedTargets(arena, task);
  gemm(backend, { ...product, m: features, a: x, c: kernel });
  const { consumed } = traceOf(task.trace, task);
  gemm(backend, { ...product, m: units, a: consumed, lda: padded(units), c: recurrent });
  kernels.columnSum(delta, bias, rows, columns);
  if (plain) return;
  const unpad = (from: number, to: number, count: number) =>
    kernels.unpadHeads(from, 0, to, count, 4, units, padded(units), false, 0);
  unpad(kernel, targets.kernel, features);
  unpad(recurrent, targets.recurrent, units);
  unpad(bias, targets.bias, 1);
  unpad(delta, targets.delta, rows);
}

// Whether gates need no padding.
function isPlain({ units }: Sizes): boolean {
  return units % 8 === 0;
}

function paddedTargets(arena: Arena, { features, units }: LstmTask): Omit<LstmGradients, "delta"> {
  const columns = 4 * padded(units);
  const [kernel, recurrent, bias] = [features, units, 1].map((count) => arena.floats(count * columns));
  return { kernel, recurrent, bias };
}

// Gates of padded width; a matrix that needs no padding is used in place.
function padGates(backend: WasmBackend, arena: Arena, task: Sizes, address: number, rows: number): number {
  if (isPlain(task)) return address;
  const { units } = task;
  const out = arena.floats(rows * 4 * padded(units));
  kernelsOf(backend).padHeads(address, 0, out, rows, 4, units, padded(units), false, 0);
  return out;
}

// In the order of assembly/lstm-plan.ts.
function writePlan(backend: WasmBackend, at: number, forgetBias: number, addresses: number[]): number {
  const { buffer } = heapOf(backend);
  new Float32Array(buffer, at, 1)[0] = forgetBias;
  new Int32Array(buffer, at + 4, addresses.length).set(addresses);
  return at;
}
