/** Which kernels the cpu backend's functions compute on the wasm backend: those that it lacks, and types of tensors. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { runOnCpu } from "./delegate.js";
import { defineRepair, type WasmCall, type WasmKernel, type WasmRepair } from "./repair.js";

/** Kernels that the wasm backend lacks: complex numbers and Fourier transforms, `einsum`, ragged tensors, texts. */
const missing = [
  "Complex",
  "ComplexAbs",
  "Draw",
  "Einsum",
  "FFT",
  "IFFT",
  "Imag",
  "RaggedGather",
  "RaggedRange",
  "RaggedTensorToTensor",
  "Real",
  "StaticRegexReplace",
];

/** Kernels whose maxima start from the smallest positive number, so that nothing is smaller. */
const wrong = ["Dilation2D", "Dilation2DBackpropFilter", "Dilation2DBackpropInput"];

/** Kernels that the wasm backend has for numbers alone, and the cpu backend for complex numbers or texts as well. */
const numbersOnly = [
  "Add",
  "Cast",
  "Concat",
  "Equal",
  "Fill",
  "GatherNd",
  "GatherV2",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
  "Multiply",
  "NotEqual",
  "OnesLike",
  "Pack",
  "PadV2",
  "Reverse",
  "ScatterNd",
  "Select",
  "Slice",
  "SparseToDense",
  "SplitV",
  "StridedSlice",
  "Sub",
  "TensorScatterUpdate",
  "Tile",
  "Transpose",
  "Unpack",
  "ZerosLike",
];

/** The kernels that are computed by the cpu backend, whatever their inputs. */
export const delegated: WasmRepair[] = [...missing, ...wrong].map((kernelName) =>
  defineRepair<object, object, TensorInfo | TensorInfo[]>(
    kernelName,
    () => (call) => runOnCpu(kernelName, call),
  ),
);

/**
 * The repairs, and the kernels of `numbersOnly` that have none: with complex numbers and texts computed by the cpu
 * backend where it knows them.
 */
export function withOtherTypes(repairs: readonly WasmRepair[]): WasmRepair[] {
  const repaired = new Set(repairs.map(({ kernelName }) => kernelName));
  const stock = numbersOnly
    .filter((name) => !repaired.has(name))
    .map((name) => defineRepair(name, (stockOf) => stockOf(name)));
  return [...repairs, ...stock].map((repair) =>
    numbersOnly.includes(repair.kernelName) ? otherTypesOnCpu(repair) : repair,
  );
}

function otherTypesOnCpu({ kernelName, create }: WasmRepair): WasmRepair {
  return {
    kernelName,
    create: (stockOf) => {
      const numbers = create(stockOf);
      return ((call) => (hasOtherType(call) ? runOnCpu(kernelName, call) : numbers(call))) as WasmKernel;
    },
  };
}

// Kernels run a thousand times a second and more: no arrays are made to find this out.
function hasOtherType({ inputs, attrs }: WasmCall<object, { dtype?: string }>): boolean {
  if (isOther(attrs?.dtype)) return true;
  const tensors = inputs as Record<string, TensorInfo | undefined>;
  for (const name in tensors) if (isOther(tensors[name]?.dtype)) return true;
  return false;
}

function isOther(dtype: string | undefined): boolean {
  return dtype === "complex64" || dtype === "string";
}
