/** Splits tensors. */

import { backend_util, type Tensor, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { copyBlock, isCopied } from "../memory/copy-block.js";
import { defineRepair } from "../repair.js";

/** `SplitV`. The stock kernel copies the whole tensor out of the heap once for every part. */
export const splitV = defineRepair<
  { x: TensorInfo },
  { numOrSizeSplits: number | number[]; axis: number },
  TensorInfo[]
>("SplitV", (stockOf) => {
  const stock = stockOf("SplitV");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (!isCopied(x)) return stock(call);
    const [axis] = util.parseAxisParam(attrs.axis, x.shape);
    let start = 0;
    return backend_util.prepareSplitSize(x as Tensor, attrs.numOrSizeSplits, axis).map((length) => {
      const begin = x.shape.map((_, i) => (i === axis ? start : 0));
      start += length;
      return copyBlock(backend, x, { begin, size: x.shape.map((n, i) => (i === axis ? length : n)) });
    });
  };
});
