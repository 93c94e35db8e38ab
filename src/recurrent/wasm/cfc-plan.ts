/** What a pass of a CfC is asked for, and how weights, trace and plan lie in memory for the compiled kernels. */

import type { Arena, WasmBackend } from "tfjs-training/wasm";
import type { RecurrentKernels } from "./kernels.js";

/** An affine layer where it lies; byte addresses. */
export interface CfCTaskLayer {
  /** `[inputs, outputs]`; of the first layer the inputs are `features + units`. */
  kernel: number;
  /** `[outputs]`. */
  bias: number;
  /** Factors on the kernel in its shape, or 0. */
  factors: number;
  /** Rows of the kernel. */
  inputs: number;
  /** Columns of the kernel. */
  outputs: number;
}

/** One network of backbone and heads over sequences; byte addresses, 0 for what there is not. */
export interface CfCTask {
  batch: number;
  steps: number;
  features: number;
  units: number;
  /** 0 default, 1 no_gate, 2 pure. */
  mode: number;
  /** Whether `f` and `g` pass through tanh and the gate adds: the torch flavour. */
  bounded: boolean;
  /** Number of the backbone's activation, as in {@link activationNumbers}. */
  activation: number;
  /** Time of each step without `times`. */
  elapsed: number;
  /** Backbone and heads. */
  layers: CfCTaskLayer[];
  /** `[units]`. */
  wTau: number;
  /** `[units]`. */
  a: number;
  /** `[rows, features]`. */
  x: number;
  /** `[batch, units]`. */
  state: number;
  /** `[rows]`. */
  times: number;
  /** `[rows]`. */
  resets: number;
  /** `[rows]`. */
  mask: number;
  /** `[rows, outputs]` for each backbone layer. */
  dropout: number[];
}

/** Where a forward pass writes, as byte addresses. */
export interface CfCForwardTargets {
  /** `[rows, units]`. */
  outputs: number;
  /** `[batch, units]`. */
  last: number;
  /** As many floats as `traceSize` says, or 0. */
  trace: number;
  /** The plan of an LSTM in addition to the cell, or 0. */
  lstm?: number;
}

/** Where a backward pass reads and writes, as byte addresses. */
export interface CfCBackwardTargets {
  /** Gradient of the outputs `[rows, units]`. */
  dOutputs: number;
  /** Gradient of the last state `[batch, units]`. */
  dLast: number;
  /** What the forward pass kept. */
  trace: number;
  /** `[rows, outputs of the first layer]`, or 0. */
  delta: number;
  /** Gradient of the inputs `[rows, features]`, or 0. */
  x: number;
  /** `[batch, units]`. */
  dState: number;
  /** In the shapes of the weights. */
  layers: { kernel: number; bias: number }[];
  /** `[units]`, in pure mode. */
  wTau: number;
  /** `[units]`, in pure mode. */
  a: number;
  /** `[rows]`, where times are given; else 0. */
  times: number;
  /** The plan of an LSTM in addition to the cell, or 0. */
  lstm?: number;
}

/** What the loop over time leaves behind, as byte addresses; what meets in one product has its rows in one order. */
export interface CfCGradientSources {
  /** Gradients of each layer's pre-activations `[rows, width]`; of the first in the order of the inputs. */
  deltas: readonly number[];
  /** Their columns: those of the weights, or padded; a gate of one time for all steps is a single head. */
  widths: readonly number[];
  /** The states that the steps take `[rows, consumedWidth]`. */
  consumed: number;
  /** The units, padded or not. */
  consumedWidth: number;
  /** Activations of each backbone layer `[rows, width]`. */
  z: readonly number[];
  /** Rows of the first layer's kernel that meet the inputs `[features, its width]`. */
  inputKernel: number;
}

/** One pass of a CfC, and the memory for what it makes on its way. */
export interface CfCPass {
  backend: WasmBackend;
  arena: Arena;
  task: CfCTask;
}

/** The loop over time of a CfC: by the compiled kernels, or by an engine in their place. */
export interface CfCTimeLoop {
  /** Runs the steps. */
  forward(targets: CfCForwardTargets): void;
  /** Runs them backwards: writes the gradients of state, times and `pure` mode, and tells where the others come from. */
  backward(targets: CfCBackwardTargets): CfCGradientSources;
}

/** Numbers of the activations in the compiled kernels. */
export const activationNumbers = { lecun_tanh: 0, tanh: 1, relu: 2, silu: 3, gelu: 4 } as const;

/** Numbers of the modes in the compiled kernels. */
export const modeNumbers = { default: 0, no_gate: 1, pure: 2 } as const;

/** A layer as the kernels take it. */
export interface PreparedLayer extends CfCTaskLayer {
  /** Padded columns. */
  width: number;
  /** Whether the layer is used as it lies, so that its gradients are made in place too. */
  plain: boolean;
  /** Padded, folded, with factors: `[inputs, width]`. */
  matrix: number;
  /** Likewise `[width]`. */
  padBias: number;
}

/** The next multiple of eight, the columns of a panel. */
export function padded(width: number): number {
  return (width + 7) & ~7;
}

/** How the heads lie in memory. */
export function headLayout({ mode, times, units, elapsed, bounded }: CfCTask) {
  const heads = mode === modeNumbers.pure ? 1 : 4;
  // With one time for all steps the gate's pre-activation is linear in a single head.
  const folds = heads === 4 && times === 0;
  return { heads, folds, kept: folds ? 3 : heads, padded: padded(units), rate: bounded ? elapsed : -elapsed };
}

/** Parts of each head that the forward pass keeps for the backward pass. */
export function partCount(task: CfCTask): number {
  const { heads, kept } = headLayout(task);
  return heads === 1 ? 2 : kept;
}

/** Whether the slope of the activation needs the pre-activation. */
function savesPreActivation({ activation }: CfCTask): boolean {
  return activation >= activationNumbers.silu;
}

/** Words in front of a trace; the first tells who made it. */
export const traceHeader = 4;

/** Where the backward pass of the compiled kernels finds what the forward pass kept. */
export interface CfCTrace {
  /** The states that the steps take. */
  consumed: number;
  /** The parts of the heads. */
  parts: number;
  /** Activations of the backbone layers. */
  z: number[];
  /** Their pre-activations, or 0. */
  u: number[];
  /** Floats of all. */
  size: number;
}

/** Floats that a forward pass keeps for the backward pass. */
export function traceSize(task: CfCTask): number {
  return traceLayout(task, 0).size;
}

/** The trace that begins at a byte address. */
export function traceLayout(task: CfCTask, address: number): CfCTrace {
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

/** Memory for floats; returns a byte address. */
export type Allocate = (floats: number) => number;

/** Pads and folds all layers whose width asks for it; the others are taken where they lie. */
export function prepareLayers(kernels: RecurrentKernels, task: CfCTask, allocate: Allocate): PreparedLayer[] {
  const last = task.layers.length - 1;
  const layout = headLayout(task);
  return task.layers.map((layer, index): PreparedLayer => {
    const { kernel, bias, factors, inputs, outputs } = layer;
    const isHeads = index === last;
    const heads = isHeads ? layout.heads : 1;
    const units = outputs / heads;
    const folds = isHeads && layout.folds;
    const width = (folds ? 3 : heads) * padded(units);
    const plain = !folds && units % 8 === 0 && factors === 0;
    if (plain) return { ...layer, width, plain, matrix: kernel, padBias: bias };
    const matrix = allocate(inputs * width);
    const padBias = allocate(width);
    const { rate } = layout;
    kernels.padHeads(kernel, factors, matrix, inputs, heads, units, padded(units), folds, rate);
    kernels.padHeads(bias, 0, padBias, 1, heads, units, padded(units), folds, rate);
    return { ...layer, width, plain, matrix, padBias };
  });
}

/** A vector of one number a unit, padded with zeros. */
export function padVector(
  kernels: RecurrentKernels,
  address: number,
  units: number,
  allocate: Allocate,
): number {
  if (address === 0 || units % 8 === 0) return address;
  const out = allocate(padded(units));
  kernels.padHeads(address, 0, out, 1, 1, units, padded(units), false, 0);
  return out;
}

/** Packs the rows of a prepared layer from `first` on, as the panels of a product. */
export function packRowsOf(
  kernels: RecurrentKernels,
  { matrix, width }: PreparedLayer,
  first: number,
  rows: number,
  allocate: Allocate,
): number {
  const out = allocate(rows * width);
  kernels.packColumns(matrix + first * width * 4, width * 4, rows, width, out, rows * 32);
  return out;
}

/** Packs the same rows, transposed. */
export function packTransposed(
  kernels: RecurrentKernels,
  { matrix, width }: PreparedLayer,
  first: number,
  rows: number,
  allocate: Allocate,
): number {
  const out = allocate(padded(rows) * width);
  kernels.packRows(matrix + first * width * 4, width * 4, width, rows, out, width * 32);
  return out;
}

/** Addresses that differ between passes; what is left out is 0. */
export interface PlanAddresses {
  x: number;
  drives: number;
  wTau: number;
  a: number;
  work: number;
  consumed: number;
  parts: number;
  outputs: number;
  last: number;
  dState: number;
  dTimes: number;
  dWTau: number;
  dA: number;
  /** A plan of assembly/lstm-plan.ts. */
  lstm: number;
}

/** One row of the layer table, in the order of assembly/cfc-plan.ts. */
export interface TableEntry {
  width: number;
  terms: number;
  kernel: number;
  transposed: number;
  inputs: number;
  bias: number;
  z: number;
  u: number;
  dropout: number;
  delta: number;
}

/** Words of a plan with its table. */
export function planWords(layers: number): number {
  return 30 + 10 * layers;
}

/** Writes a plan, and its table behind it, to the byte address `at`. */
export function writePlan(
  buffer: ArrayBufferLike,
  at: number,
  task: CfCTask,
  addresses: Partial<PlanAddresses>,
  table: TableEntry[],
): void {
  const { kept, padded } = headLayout(task);
  const { x = 0, drives = 0, wTau = 0, a = 0, work = 0, consumed = 0, parts = 0 } = addresses;
  const { outputs = 0, last = 0, dState = 0, dTimes = 0, dWTau = 0, dA = 0, lstm = 0 } = addresses;
  const { batch, steps, features, units, mode, bounded, activation, state, times, resets, mask } = task;
  const words = new Int32Array(buffer, at, planWords(table.length));
  const tableAt = at + 30 * 4;
  words.set([batch, steps, features, units, padded, table.length, kept, mode, Number(bounded), activation]);
  new Float32Array(buffer, at + 40, 1)[0] = task.elapsed;
  words.set([x, drives, state, times, resets, mask, wTau, a, tableAt, work, consumed, parts], 11);
  words.set([outputs, last, dState, dTimes, dWTau, dA, lstm], 23);
  table.forEach((entry, index) => {
    const { width, terms, kernel, transposed, inputs, bias, z, u, dropout, delta } = entry;
    words.set([width, terms, kernel, transposed, inputs, bias, z, u, dropout, delta], 30 + 10 * index);
  });
}
