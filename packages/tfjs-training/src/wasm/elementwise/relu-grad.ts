/** Gradient of relu in one pass; tfjs computes a step function, converts it to integers and multiplies. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

/** `ReluGrad`: `dy` where `y` is positive, otherwise 0. A kernel specific to this library. */
export const reluGrad = defineRepair<{ dy: TensorInfo; y: TensorInfo }, object>(
  "ReluGrad",
  () =>
    ({ inputs: { dy, y }, backend }) => {
      const output = backend.makeOutput(y.shape, "float32");
      const [from, at, to] = [dy, y, output].map((tensor) => bytesOf(backend, tensor));
      kernelsOf(backend).reluGradient(from, at, to, sizeOf(y.shape));
      return output;
    },
);
