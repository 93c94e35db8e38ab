/** A CfC in the layout of its compiled kernels: padded, folded and packed weights, and the plan of a pass. */

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
export function savesPreActivation({ activation }: CfCTask): boolean {
  return activation >= activationNumbers.silu;
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
