/** Weights that have to be fetched before they can be saved. */

import * as tf from "@tensorflow/tfjs-core";
import type { FlatOptimizer } from "tfjs-training";

/**
 * Brings weights and moments to where they can be read at once. WebGPU alone needs it; elsewhere the answer is
 * undefined, and nothing is to be waited for: what is saved then is the run at the very moment of the call.
 */
export function fetchWeights(
  optimizer: FlatOptimizer,
  ...weights: ReadonlyMap<string, tf.Tensor>[]
): Promise<void> | undefined {
  if (tf.getBackend() !== "webgpu") return undefined;
  const read = weights.flatMap((each) => [...each.values()]).map((tensor) => tensor.data());
  return Promise.all(read).then(() => optimizer.fetch());
}
