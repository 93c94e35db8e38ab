/** Elementwise functions that the stock kernels compute one number at a time in scalar code. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

type Compute<Attributes> = (
  kernels: KernelExports,
  x: number,
  out: number,
  length: number,
  attributes: Attributes,
) => void;

/** `Tanh`, 20 times faster: the gates and the backbone of every CfC. Relative error below 5e-7. */
export const tanh = unary("Tanh", (kernels, x, out, length) => kernels.tanhOf(x, out, length));

/** `Exp`, five times faster. Relative error below 1e-6. */
export const exp = unary("Exp", (kernels, x, out, length) => kernels.expWideOf(x, out, length));

/** `Erf`, ten times faster: the exact GELU. The same approximation as tfjs's. */
export const erf = unary("Erf", (kernels, x, out, length) => kernels.erfOf(x, out, length));

/** `Softplus`, ten times faster. Relative error below 1e-6. */
export const softplus = unary("Softplus", (kernels, x, out, length) => kernels.softplusOf(x, out, length));

/** `LeakyRelu`, ten times faster. */
export const leakyRelu = unary<{ alpha: number }>("LeakyRelu", (kernels, x, out, length, { alpha }) =>
  kernels.leakyReluOf(x, out, length, alpha),
);

function unary<Attributes = object>(kernelName: string, compute: Compute<Attributes>) {
  return defineRepair<{ x: TensorInfo }, Attributes>(kernelName, (stockOf) => {
    const stock = stockOf(kernelName);
    return (call) => {
      const { inputs, backend, attrs } = call;
      const { shape, dtype } = inputs.x;
      if (dtype !== "float32") return stock(call);
      const output = backend.makeOutput(shape, "float32");
      const [from, to] = [inputs.x, output].map((tensor) => bytesOf(backend, tensor));
      compute(kernelsOf(backend), from, to, sizeOf(shape), attrs);
      return output;
    };
  });
}
