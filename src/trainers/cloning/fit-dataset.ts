/** Conversion of a cloning data set for `fitDataset` of tfjs-layers. */

import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { AtariCloningDataset } from "../../datasets/atari-cloning.js";
import type { CloningBatchesOptions } from "../../datasets/cloning-batches.js";
import { frameTensor } from "../common/frame-tensor.js";

/** The data set type that `fitDataset` and `evaluateDataset` of a tfjs-layers model accept. */
export type FitDataset = Parameters<tfl.LayersModel["fitDataset"]>[0];

/**
 * Batches of a data set as tensors `{ xs: [batch, steps, ...shape], ys: [batch, steps] }`; each iterator is one
 * epoch. All sequences must have the same length, as the published ones do.
 *
 * @example
 * ```ts
 * const model = new ConvCfC({ numActions: 4, seed: 0 }).layersModel();
 * const loss = (actions: tf.Tensor, logits: tf.Tensor) =>
 *   sequenceCrossEntropy(logits as tf.Tensor3D, actions as tf.Tensor2D);
 * model.compile({ loss, optimizer: tf.train.adam(1e-4) });
 * await model.fitDataset(fitDataset(train, { seed: 0 }), {
 *   epochs: 50,
 *   validationData: fitDataset(val, { shuffle: false }),
 * });
 * ```
 */
export function fitDataset(dataset: AtariCloningDataset, options: CloningBatchesOptions = {}): FitDataset {
  const batches = dataset.batches(options);
  const iterator = async () => {
    let left = batches.batchesPerEpoch;
    return {
      async next() {
        if (left === 0) return { value: null, done: true };
        left--;
        const { observations, actions, batch, steps, shape } = await batches.next();
        const xs = frameTensor(observations, [batch, steps, ...shape]);
        return { value: { xs, ys: tf.tensor2d(actions, [batch, steps], "int32") }, done: false };
      },
    };
  };
  return { iterator, size: batches.batchesPerEpoch } as unknown as FitDataset;
}
