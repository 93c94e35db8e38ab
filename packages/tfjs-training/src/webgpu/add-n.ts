/** Adds many tensors on WebGPU. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { replaceKernel } from "./replace-kernel.js";

/**
 * Replaces `AddN`: the stock kernel binds all tensors at once, which a device refuses beyond its maximum number of
 * storage buffers, and then returns garbage.
 */
export function replaceAddN(): void {
  replaceKernel("AddN", (stock) => ({ inputs, backend }) => {
    const tensors = Object.values(inputs) as TensorInfo[];
    const add = (parts: TensorInfo[]) => stock({ inputs: parts, backend, attrs: {} });
    const atOnce = backend.device.limits.maxStorageBuffersPerShaderStage - 1; // one is the result's
    let sum = add(tensors.slice(0, atOnce));
    for (let next = atOnce; next < tensors.length; next += atOnce - 1) {
      const longer = add([sum, ...tensors.slice(next, next + atOnce - 1)]);
      backend.disposeData(sum.dataId);
      sum = longer;
    }
    return sum;
  });
}
