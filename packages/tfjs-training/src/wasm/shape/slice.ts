/** Slices tensors. */

import { slice_util, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { copyBlock, isCopied } from "../memory/copy-block.js";
import { defineRepair } from "../repair.js";

/** `Slice`. The stock kernel first copies the whole tensor out of the heap, however small the slice. */
export const slice = defineRepair<{ x: TensorInfo }, { begin: number[]; size: number[] }>(
  "Slice",
  (stockOf) => {
    const stock = stockOf("Slice");
    return (call) => {
      const { inputs, backend, attrs } = call;
      if (!isCopied(inputs.x)) return stock(call);
      const [begin, size] = slice_util.parseSliceParams(inputs.x as Tensor, attrs.begin, attrs.size);
      slice_util.assertParamsValid(inputs.x as Tensor, begin, size);
      return copyBlock(backend, inputs.x, { begin, size });
    };
  },
);
