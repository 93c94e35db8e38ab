/** What the passes of a CfC are asked for. */

/** Where a forward pass writes, as byte addresses. */
export interface CfCForwardTargets {
  /** `[rows, units]`. */
  outputs: number;
  /** `[batch, units]`. */
  last: number;
  /** As many floats as `traceSize` says, or 0. */
  trace: number;
  /** The plan of an LSTM beside the cell, or 0. */
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
  /** The plan of an LSTM beside the cell, or 0. */
  lstm?: number;
}
