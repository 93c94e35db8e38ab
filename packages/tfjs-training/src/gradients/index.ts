/**
 * Gradients that are missing or incorrect in tfjs, on all backends.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs-core";
import { averagePool3DGradient, averagePoolGradient } from "./average-pool.js";
import { batchNormGradient } from "./batch-norm.js";
import { cumsumGradient } from "./cumsum.js";
import { maximumGradient, minimumGradient } from "./extremes.js";
import { batchedGatherGradient, gatherNdGradient, stridedSliceGradient, topKGradient } from "./gather.js";
import { batchMatMulGradient } from "./mat-mul.js";
import { mirrorPadGradient } from "./mirror-pad.js";
import { splitGradient, unstackGradient } from "./parts.js";
import { prodGradient } from "./prod.js";
import { resizeGradient } from "./resize.js";
import { segmentSumGradient } from "./segment-sum.js";
import { squaredDifferenceGradient } from "./squared-difference.js";
import { tileGradient } from "./tile.js";

const marked = Symbol.for("ncps-ts.gradient");

/**
 * Registers gradients of matrix products with a broadcast batch, of `gather` with batch axes, of `gatherND`,
 * `stridedSlice`, `prod`, the values of `topk`, padded average pooling, resized images, mirror padding,
 * `cumsum` along any axis, of `split` and `unstack` into one part, of `tile` and `broadcastTo` with more than four axes,
 * of `unsortedSegmentSum` with ids past the end, and of broadcast operands of `maximum`, `minimum`,
 * `squaredDifference` and `batchNorm`. `useBackend` calls this; calling it again has no effect.
 */
export function registerMissingGradients(): void {
  register({ kernelName: "BatchMatMul", inputsToSave: ["a", "b"], gradFunc: batchMatMulGradient });
  register({ kernelName: "GatherNd", inputsToSave: ["params", "indices"], gradFunc: gatherNdGradient });
  register({ kernelName: "StridedSlice", inputsToSave: ["x"], gradFunc: stridedSliceGradient });
  register({
    kernelName: "TopK",
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: topKGradient,
  });
  register({ kernelName: "Prod", inputsToSave: ["x"], gradFunc: prodGradient });
  register({ kernelName: "Maximum", inputsToSave: ["a", "b"], gradFunc: maximumGradient });
  register({ kernelName: "Minimum", inputsToSave: ["a", "b"], gradFunc: minimumGradient });
  register({
    kernelName: "SquaredDifference",
    inputsToSave: ["a", "b"],
    gradFunc: squaredDifferenceGradient,
  });
  register({
    kernelName: "FusedBatchNorm",
    inputsToSave: ["x", "mean", "variance", "scale"],
    gradFunc: batchNormGradient,
  });
  register({ kernelName: "Cumsum", gradFunc: cumsumGradient });
  register({ kernelName: "SplitV", gradFunc: splitGradient });
  register({ kernelName: "Unpack", gradFunc: unstackGradient });
  register({ kernelName: "Tile", inputsToSave: ["x"], gradFunc: tileGradient });
  register({ kernelName: "MirrorPad", inputsToSave: ["x"], gradFunc: mirrorPadGradient });
  register({ kernelName: "UnsortedSegmentSum", inputsToSave: ["segmentIds"], gradFunc: segmentSumGradient });
  register({ kernelName: "AvgPool", inputsToSave: ["x"], gradFunc: averagePoolGradient });
  register({ kernelName: "AvgPool3D", inputsToSave: ["x"], gradFunc: averagePool3DGradient });
  register({
    kernelName: "ResizeBilinear",
    inputsToSave: ["images"],
    gradFunc: resizeGradient(tf.image.resizeBilinear),
  });
  register({
    kernelName: "ResizeNearestNeighbor",
    inputsToSave: ["images"],
    gradFunc: resizeGradient(tf.image.resizeNearestNeighbor),
  });
  registerGather();
}

function registerGather(): void {
  const stock = tf.getGradient("GatherV2");
  register({
    kernelName: "GatherV2",
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, saved, attrs) => {
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      const [x, indices] = saved;
      if (batchDims === 0 && stock) return stock.gradFunc(dy, saved, attrs);
      return {
        x: () => batchedGatherGradient(dy as tf.Tensor, x, indices, axis, batchDims),
        indices: () => tf.zerosLike(indices),
      };
    },
  });
}

function register(config: tf.GradConfig): void {
  const present = tf.getGradient(config.kernelName);
  if (present && marked in present.gradFunc) return;
  if (present) tf.unregisterGradient(config.kernelName); // without it tfjs warns of the override
  tf.registerGradient({ ...config, gradFunc: Object.assign(config.gradFunc, { [marked]: true }) });
}
