/** Gradient of matrix products. */

import * as tf from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.js";

/**
 * Gradient as in tfjs, but also for one operand with a broadcast batch: its gradient is then summed over the
 * batch that it was repeated for.
 */
export const batchMatMulGradient: tf.GradFunc = (dy, [a, b], attrs) => {
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const d = dy as tf.Tensor;
  return {
    a: () =>
      sumTo(transposeA ? tf.matMul(b, d, transposeB, true) : tf.matMul(d, b, false, !transposeB), a.shape),
    b: () =>
      sumTo(transposeB ? tf.matMul(d, a, true, transposeA) : tf.matMul(a, d, !transposeA, false), b.shape),
  };
};
