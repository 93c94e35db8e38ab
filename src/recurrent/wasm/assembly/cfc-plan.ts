/** What the CfC kernels are told, as structures of 32-bit words in memory; addresses in bytes, 0 for none. */

/**
 * One pass. `rows = batch * steps`, the row of step `t` of sequence `b` being `b * steps + t`. Widths named padded
 * are the next multiples of eight, filled up with zeros.
 */
@unmanaged
export class CfCPlan {
  batch: i32;
  steps: i32;
  /** Numbers in an input; used only with `inputs`. */
  features: i32;
  units: i32;
  /** Units, padded. */
  padded: i32;
  /** Layers in the table, of which the last one is the heads. */
  layers: i32;
  /** Heads side by side: 1 in pure mode, 3 with a folded gate, else 4. */
  heads: i32;
  /** 0 default, 1 no_gate, 2 pure. */
  mode: i32;
  /** 1 where `f` and `g` pass through tanh and the gate adds; else 0. */
  bounded: i32;
  /** Of the backbone: see `activate`. */
  activation: i32;
  /** Time of each step without `times`. */
  elapsed: f32;
  /** `[rows, features]`, used only where the first layer's input part is packed; else 0. */
  x: usize;
  /** The inputs' product with the first layer, `[rows, padded width]`; 0 with `x`. */
  drives: usize;
  /** `[batch, units]`. */
  state: usize;
  /** `[rows]`. */
  times: usize;
  /** `[rows]`. */
  resets: usize;
  /** `[rows]`. */
  mask: usize;
  /** `[padded]`. */
  wTau: usize;
  /** `[padded]`. */
  a: usize;
  /** Layer table. */
  table: usize;
  /** Of the rows in a block: `padded + 2 * widest` floats each, in the backward pass `2 * padded + widest`. */
  work: usize;
  /** The state that each step consumes `[rows, padded]`; 0 where nothing is recorded. */
  consumed: usize;
  /** `f | g | s | a`, the last with `times` only, or `f | decay`: `[rows, parts * padded]`. */
  parts: usize;
  /** `[rows, units]`: the outputs, or the gradients of them. */
  outputs: usize;
  /** `[batch, units]`: the last state, or its gradient. */
  last: usize;
  /** Gradient of the first state `[batch, units]`. */
  dState: usize;
  /** Gradient of `times` `[rows]`. */
  dTimes: usize;
  /** Sums `[padded]`, to be zero before. */
  dWTau: usize;
  /** Sums `[padded]`, to be zero before. */
  dA: usize;
  /** An `LstmPlan` whose outputs the cell consumes in place of its states, or 0. */
  lstm: usize;
}

/** A layer in the table. */
@unmanaged
export class CfCLayer {
  /** Padded columns. */
  width: i32;
  /** Rows of `kernel`: of the first layer those of the state only. */
  terms: i32;
  /** Packed panels. */
  kernel: usize;
  /** Packed panels of the transposed kernel, for the backward pass. */
  transposed: usize;
  /** Packed panels of the first layer's rows that meet `x`. */
  inputs: usize;
  /** `[width]`. */
  bias: usize;
  /** Activations after dropout `[rows, width]`. */
  z: usize;
  /** Pre-activations `[rows, width]`, where the slope needs them. */
  u: usize;
  /** Factors `[rows, width]`. */
  dropout: usize;
  /** Gradient of the pre-activations `[rows, width]`. */
  delta: usize;
}

/** Bytes of one entry of the table. */
// @ts-ignore: decorator
@inline
export const layerBytes: usize = 40;

/** An entry of the table. */
// @ts-ignore: decorator
@inline
export function layerAt(plan: CfCPlan, index: i32): CfCLayer {
  return changetype<CfCLayer>(plan.table + <usize>index * layerBytes);
}
