/**
 * Parameters of the LSTM of a CfC with mixed memory, as a structure of 32-bit words in memory; addresses in bytes, 0
 * for none.
 */

/**
 * One pass. Rows and padded widths as in `CfCPlan`; gates are side by side, padded each: `input | input gate | forget
 * gate | output gate`.
 */
@unmanaged
export class LstmPlan {
  /** Bias added to the forget gate. */
  forgetBias: f32;
  /** The inputs' product with the kernel `[rows, 4 * padded]`. */
  drives: usize;
  /** Bias `[4 * padded]`. */
  bias: usize;
  /** Packed panels of the recurrent kernel. */
  recurrent: usize;
  /** Packed panels of the transposed recurrent kernel, for the backward pass. */
  transposed: usize;
  /** The memory before the first step `[batch, units]`. */
  first: usize;
  /** The memory after the last step `[batch, units]`, or its gradient. */
  last: usize;
  /** Gradient of the memory before the first step `[batch, units]`. */
  dFirst: usize;
  /** Work area of the rows in a block: `6 * padded` floats each. */
  work: usize;
  /** State consumed by each step's LSTM `[rows, padded]`; 0 if nothing is recorded. */
  consumed: usize;
  /** The memory before each step `[rows, padded]`. */
  before: usize;
  /** Gates after their activations `[rows, 4 * padded]`. */
  gates: usize;
  /** `tanh` of the memory after each step `[rows, padded]`. */
  squashed: usize;
  /** Gradient of the gates' pre-activations `[rows, 4 * padded]`. */
  delta: usize;
}
