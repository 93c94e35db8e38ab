/** Asynchronous download of weights that cannot be read synchronously. */

import * as tf from "@tensorflow/tfjs-core";
import type { FlatOptimizer } from "tfjs-training";

/**
 * Downloads weights and optimizer moments so that they can be read synchronously. Needed on WebGPU only; on other
 * backends the result is undefined and there is nothing to await, so a save captures the run at the moment of the call.
 */
export function fetchWeights(
  optimizer: FlatOptimizer,
  ...weights: ReadonlyMap<string, tf.Tensor>[]
): Promise<void> | undefined {
  if (tf.getBackend() !== "webgpu") return undefined;
  const read = weights.flatMap((each) => [...each.values()]).map((tensor) => tensor.data());
  return Promise.all(read).then(() => optimizer.fetch());
}
