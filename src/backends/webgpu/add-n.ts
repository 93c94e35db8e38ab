/** Adding many tensors on WebGPU. */

import {
  getKernel,
  type KernelBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import type { GpuDevice } from "./gpu.js";

const kernelName = "AddN";
const replaced = Symbol.for("ncps-ts.webgpu-add-n");

/**
 * Replaces `AddN`: the stock kernel binds all tensors at once, which a device refuses beyond its number of
 * storage buffers, and then gives garbage. Calling it again does nothing.
 */
export function installAddN(): void {
  const config = getKernel(kernelName, "webgpu");
  if (!config || replaced in config.kernelFunc) return;
  const stock = config.kernelFunc;
  const add = (tensors: TensorInfo[], backend: object): TensorInfo =>
    stock({ inputs: tensors as never, backend, attrs: {} }) as TensorInfo;
  const kernelFunc: KernelFunc = ({ inputs, backend }) => {
    const tensors = Object.values(inputs) as TensorInfo[];
    const { device, disposeData } = backend as KernelBackend & { device: GpuDevice };
    const atOnce = device.limits.maxStorageBuffersPerShaderStage - 1; // one is the result's
    let sum = add(tensors.slice(0, atOnce), backend);
    for (let next = atOnce; next < tensors.length; next += atOnce - 1) {
      const longer = add([sum, ...tensors.slice(next, next + atOnce - 1)], backend);
      disposeData.call(backend, sum.dataId);
      sum = longer;
    }
    return sum;
  };
  unregisterKernel(kernelName, "webgpu");
  registerKernel({ ...config, kernelFunc: Object.assign(kernelFunc, { [replaced]: true }) });
}
