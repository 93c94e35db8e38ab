/** Gradients of max pooling. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, type WasmBackend, zeros } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import {
  type Pool3DAttributes,
  type PoolAttributes,
  type PoolSizes,
  poolSizes,
  poolSizes3D,
} from "./pool-geometry.js";

interface Inputs {
  dy: TensorInfo;
  input: TensorInfo;
}

/**
 * `MaxPoolGrad`. The stock kernel starts each search for a maximum from the smallest positive number and
 * so loses the gradient of every window whose maximum is not positive. Of equal maxima the first counts.
 */
export const maxPoolGrad = defineRepair<Inputs, PoolAttributes>(
  "MaxPoolGrad",
  () =>
    ({ inputs, backend, attrs }) =>
      gradient(backend, inputs, poolSizes(inputs.input.shape, attrs, inputs.dy.shape)[0]),
);

/** `MaxPool3DGrad`; the stock kernel has the same error. */
export const maxPool3DGrad = defineRepair<Inputs, Pool3DAttributes>(
  "MaxPool3DGrad",
  () =>
    ({ inputs, backend, attrs }) =>
      gradient(backend, inputs, poolSizes3D(inputs.input.shape, attrs, inputs.dy.shape)[0]),
);

function gradient(backend: WasmBackend, { dy, input }: Inputs, sizes: PoolSizes): TensorInfo {
  const result = zeros(backend, input.shape);
  const [x, from, to] = [input, dy, result].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).maxPoolGradient(x, from, to, ...sizes);
  return result;
}
