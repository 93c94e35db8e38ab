/** Update rules of optimizers in one pass over the heap, and the global gradient norm. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import { addressOf, bytesOf, heapOf, type WasmBackend } from "../memory/heap.js";
import { defineRepair, type WasmCall } from "../repair.js";

// `weight0`, `gradient0`, `weight1`, ..., the moments by name, and `norm` if gradients are clipped.
type Inputs = Record<string, TensorInfo>;

interface Attributes {
  /** Index of the first element of each variable's moments. */
  offsets: number[];
  /** The rule's coefficients for each variable. */
  numbers: Record<string, number>[];
  /** Norm to which gradients are clipped. */
  maxNorm: number;
}

/** The data of an update rule. Addresses in bytes, except `count`. */
export interface Part {
  weight: number;
  gradient: number;
  out: number;
  /** Address of this variable's part of a moment; 0 if the rule has no such moment. */
  moment(name: string): number;
  count: number;
  scale: number;
}

/** Calls the kernel of an update rule. */
export type Rule = (kernels: KernelExports, part: Part, numbers: Record<string, number>) => void;

/** `GlobalNorm`: norm of all inputs as one vector. */
export const globalNorm = defineRepair<Inputs, object>("GlobalNorm", () => ({ inputs, backend }) => {
  const kernels = kernelsOf(backend);
  let total = 0;
  for (const tensor of Object.values(inputs)) {
    total += kernels.sumOfSquares(bytesOf(backend, tensor), sizeOf(tensor.shape));
  }
  const output = backend.makeOutput([], "float32");
  heapOf(backend)[addressOf(backend, output)] = Math.sqrt(total);
  return output;
});

const adam: Rule = (kernels, part, { beta1, beta2, rate, epsilon, keep }) => {
  const { weight, gradient, out, moment, count, scale } = part;
  const moments = [moment("mean"), moment("meanSquare")] as const;
  const decays = [beta1, 1 - beta1, beta2, 1 - beta2] as const;
  kernels.adamStep(weight, gradient, out, ...moments, count, scale, ...decays, rate, epsilon, keep);
};

const rmsprop: Rule = (kernels, part, numbers) => {
  const { weight, gradient, out, moment, count, scale } = part;
  const { decay, rate, epsilon, momentum, inside } = numbers;
  const moments = [moment("meanSquare"), moment("mean"), moment("velocity")] as const;
  const factors = [scale, decay, 1 - decay, rate, epsilon, momentum] as const;
  kernels.rmspropStep(weight, gradient, out, ...moments, count, ...factors, inside === 1);
};

const sgd: Rule = (kernels, part, { rate, momentum, nesterov }) => {
  const { weight, gradient, out, moment, count, scale } = part;
  const velocity = moment("velocity");
  kernels.sgdStep(weight, gradient, out, velocity, count, scale, rate, momentum, nesterov === 1);
};

/** Update rules by the names of their kernels: what a rule calls for one variable. */
export const stepRules: Readonly<Record<string, Rule>> = {
  AdamStep: adam,
  RMSPropStep: rmsprop,
  SGDStep: sgd,
};

/** `AdamStep`. */
export const adamStep = stepKernel("AdamStep");
/** `RMSPropStep`. */
export const rmspropStep = stepKernel("RMSPropStep");
/** `SGDStep`. */
export const sgdStep = stepKernel("SGDStep");

// New tensors for the weights, whose old ones may be shared; the moments belong to the optimizer.
function stepKernel(kernelName: string) {
  const rule = stepRules[kernelName];
  return defineRepair<Inputs, Attributes, TensorInfo[]>(
    kernelName,
    () =>
      ({ inputs, backend, attrs }: WasmCall<Inputs, Attributes>) => {
        const outputs = attrs.offsets.map((_, i) =>
          backend.makeOutput(inputs[`weight${i}`].shape, "float32"),
        );
        const kernels = kernelsOf(backend);
        const scale = scaleOf(backend, inputs.norm, attrs.maxNorm);
        outputs.forEach((output, i) => {
          const part: Part = {
            weight: bytesOf(backend, inputs[`weight${i}`]),
            gradient: bytesOf(backend, inputs[`gradient${i}`]),
            out: bytesOf(backend, output),
            moment: (name) => (inputs[name] ? bytesOf(backend, inputs[name]) + 4 * attrs.offsets[i] : 0),
            count: sizeOf(output.shape),
            scale,
          };
          rule(kernels, part, attrs.numbers[i]);
        });
        return outputs;
      },
  );
}

function scaleOf(backend: WasmBackend, norm: TensorInfo | undefined, maxNorm: number): number {
  if (!norm) return 1;
  // Compared so that a NaN norm stays visible in the weights.
  const scale = maxNorm / (heapOf(backend)[addressOf(backend, norm)] + 1e-6);
  return scale > 1 ? 1 : scale;
}
