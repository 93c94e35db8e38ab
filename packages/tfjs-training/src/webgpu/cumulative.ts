/** Reverse cumulative sums and products on WebGPU. */

import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { replaceKernel, type WebGPUKernel } from "./replace-kernel.js";

/**
 * Replaces `Cumsum` and `Cumprod`: with `reverse`, which is also the gradient of every `cumsum`, the stock shader
 * has the length of its first call hard-coded, and returns incorrect results for any other. These reverse,
 * run forwards, and reverse again.
 */
export function replaceCumulative(): void {
  for (const kernelName of ["Cumsum", "Cumprod"]) {
    replaceKernel(kernelName, (stock) => (call) => {
      const { axis, exclusive, reverse } = call.attrs as unknown as CumulativeAttributes;
      if (!reverse) return stock(call);
      const { backend } = call;
      const { x } = call.inputs as { x: TensorInfo };
      const turn = getKernel("Reverse", "webgpu").kernelFunc as unknown as WebGPUKernel;
      const turned = turn({ inputs: { x }, backend, attrs: { dims: [axis] } });
      const attrs = { axis, exclusive, reverse: false } as unknown as NamedAttrMap;
      const running = stock({ inputs: { x: turned }, backend, attrs });
      const result = turn({ inputs: { x: running }, backend, attrs: { dims: [axis] } });
      for (const { dataId } of [turned, running]) backend.disposeData(dataId);
      return result;
    });
  }
}

interface CumulativeAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}
