/** Parameters of the CfC kernels, as structures of 32-bit words in memory; addresses in bytes, 0 for none. */

/**
 * One pass. `rows = batch * steps`, the row of step `t` of sequence `b` being `b * steps + t`. Widths called padded
 * are the next multiples of eight, padded with zeros.
 */
@unmanaged
export class CfCPlan {
  batch: i32;
  steps: i32;
  /** Number of inputs; used only with `inputs`. */
  features: i32;
  units: i32;
  /** Number of units, padded. */
  padded: i32;
  /** Number of layers in the table, of which the last one is the heads. */
  layers: i32;
  /** Number of heads: 1 in pure mode, 3 with a folded gate, otherwise 4. */
  heads: i32;
  /** Mode: 0 default, 1 no_gate, 2 pure. */
  mode: i32;
  /** Flavour: 1 if `f` and `g` pass through tanh and the gate adds; otherwise 0. */
  bounded: i32;
  /** Activation of the backbone: see `activate`. */
  activation: i32;
  /** Elapsed time of each step without `times`. */
  elapsed: f32;
  /** Inputs `[rows, features]`, used only if the first layer's input part is packed; otherwise 0. */
  x: usize;
  /** The inputs' product with the first layer, `[rows, padded width]`; 0 with `x`. */
  drives: usize;
  /** Initial state `[batch, units]`. */
  state: usize;
  /** Elapsed times `[rows]`. */
  times: usize;
  /** Keep factors (0 at resets) `[rows]`. */
  resets: usize;
  /** Mask `[rows]`. */
  mask: usize;
  /** `wTau` `[padded]`. */
  wTau: usize;
  /** `A` `[padded]`. */
  a: usize;
  /** Address of the layer table. */
  table: usize;
  /**
   * Work area of the rows in a block: `padded + 2 * widest` floats each, in the backward pass `2 * padded + widest`.
   */
  work: usize;
  /** State consumed by each step `[rows, padded]`; 0 if nothing is recorded. */
  consumed: usize;
  /** Head parts `f | g | s | a`, the last with `times` only, or `f | decay`: `[rows, parts * padded]`. */
  parts: usize;
  /** Outputs, or their gradients, `[rows, units]`. */
  outputs: usize;
  /** Last state, or its gradient, `[batch, units]`. */
  last: usize;
  /** Gradient of the first state `[batch, units]`. */
  dState: usize;
  /** Gradient of `times` `[rows]`. */
  dTimes: usize;
  /** Sums for the gradient of `wTau` `[padded]`, to be zeroed before. */
  dWTau: usize;
  /** Sums for the gradient of `A` `[padded]`, to be zeroed before. */
  dA: usize;
  /** Address of an `LstmPlan` whose outputs the cell consumes in place of its states, or 0. */
  lstm: usize;
}

/** A layer in the table. */
@unmanaged
export class CfCLayer {
  /** Number of columns, padded. */
  width: i32;
  /** Number of rows of `kernel`: for the first layer those of the state only. */
  terms: i32;
  /** Packed panels of the kernel. */
  kernel: usize;
  /** Packed panels of the transposed kernel, for the backward pass. */
  transposed: usize;
  /** Packed panels of the first layer's rows for `x`. */
  inputs: usize;
  /** Bias `[width]`. */
  bias: usize;
  /** Activations after dropout `[rows, width]`. */
  z: usize;
  /** Pre-activations `[rows, width]`, if the slope needs them. */
  u: usize;
  /** Dropout factors `[rows, width]`. */
  dropout: usize;
  /** Gradient of the pre-activations `[rows, width]`. */
  delta: usize;
}

/** Size of one entry of the table in bytes. */
// @ts-ignore: decorator
@inline
export const layerBytes: usize = 40;

/** Returns an entry of the table. */
// @ts-ignore: decorator
@inline
export function layerAt(plan: CfCPlan, index: i32): CfCLayer {
  return changetype<CfCLayer>(plan.table + <usize>index * layerBytes);
}
