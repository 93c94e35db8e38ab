/** Timing of forward and backward passes. */

import * as tf from "@tensorflow/tfjs-core";

/** Computes and disposes the gradients of all variables of a scan. */
export function gradients(scan: () => tf.Tensor): void {
  const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(scan())) as tf.Scalar);
  tf.dispose([value, grads]);
}

/** Milliseconds of the fastest of `repeats` passes, after three warm-up passes. */
export function best(pass: () => void, repeats: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats + 3; i++) {
    const start = performance.now();
    pass();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
