/** Gathering slices by their numbers. */

import { backend_util, type Tensor, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../../core/errors.js";
import { sizeOf } from "../../core/state.js";
import { isCopied } from "./copy-block.js";
import { addressOf, bytesOf, wordsOf } from "./heap.js";
import { kernelsOf } from "./kernel-module.js";
import { defineRepair } from "./repair.js";

/**
 * `GatherV2`. With batch axes, e.g. the value of the chosen action of every row, the stock kernel reads
 * beyond its memory; without them it finds the place of every single number anew, 30 times slower.
 */
export const gatherV2 = defineRepair<
  { x: TensorInfo; indices: TensorInfo },
  { axis: number; batchDims: number }
>("GatherV2", (stockOf) => {
  const stock = stockOf("GatherV2");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x, indices } = inputs;
    if (!isCopied(x)) return stock(call);
    const [axis] = util.parseAxisParam(attrs.axis, x.shape);
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      x as Tensor,
      indices as Tensor,
      axis,
      attrs.batchDims,
    );
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = info;
    const output = backend.makeOutput(outputShape, x.dtype);
    const count = sizeOf(indices.shape) / batchSize;
    const [from, ids, to] = [x, indices, output].map((tensor) => bytesOf(backend, tensor));
    const wrong = kernelsOf(backend).gatherSlices(
      from,
      ids,
      to,
      batchSize,
      outerSize,
      dimSize,
      count,
      sliceSize,
    );
    if (wrong >= 0) {
      const id = wordsOf(backend)[addressOf(backend, indices) + wrong];
      backend.disposeData(output.dataId);
      throw new InvalidArgumentError("indices", `expected 0..${dimSize - 1}, received ${id}`);
    }
    return output;
  };
});
