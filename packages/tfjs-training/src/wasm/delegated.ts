/** Kernels of the wasm backend that the cpu backend's functions compute: those that it lacks, and unsupported types. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { runOnCpu } from "./delegate.js";
import { defineRepair, type WasmCall, type WasmKernel, type WasmRepair } from "./repair.js";

/** Kernels that the wasm backend lacks: complex numbers and Fourier transforms, `einsum`, ragged tensors, strings. */
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

/** Kernels whose maxima start from the smallest positive number, so that results are never smaller. */
const wrong = ["Dilation2D", "Dilation2DBackpropFilter", "Dilation2DBackpropInput"];

/**
 * Kernels that the wasm backend only has for real numbers: it would misread the bits of other types. The cpu backend
 * computes some of them with complex numbers or strings as well, and refuses the others.
 */
// biome-ignore format: a name a line would be longer than all the rest
const numbersOnly = [
  "Abs", "Acos", "Acosh", "Add", "AddN", "All", "Any", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atan2",
  "Atanh", "AvgPool", "AvgPool3D", "AvgPool3DGrad", "AvgPoolGrad", "BatchMatMul", "BatchToSpaceND",
  "Bincount", "BitwiseAnd", "BroadcastArgs", "Cast", "Ceil", "ClipByValue", "Concat", "Conv2D",
  "Conv2DBackpropInput", "Conv3D", "Conv3DBackpropFilterV2", "Conv3DBackpropInputV2", "Cos", "Cosh",
  "CropAndResize", "Cumprod", "Cumsum", "DenseBincount", "DepthToSpace", "DepthwiseConv2dNative", "Diag",
  "Elu", "EluGrad", "Equal", "Erf", "Exp", "Expm1", "Fill", "FlipLeftRight", "Floor", "FloorDiv",
  "FusedBatchNorm", "FusedConv2D", "FusedDepthwiseConv2D", "GatherNd", "GatherV2", "Greater", "GreaterEqual",
  "IsFinite", "IsInf", "IsNan", "LRN", "LRNGrad", "LeakyRelu", "Less", "LessEqual", "LinSpace", "Log",
  "Log1p", "LogicalAnd", "LogicalNot", "LogicalOr", "Max", "MaxPool", "MaxPool3D", "MaxPool3DGrad",
  "MaxPoolGrad", "MaxPoolWithArgmax", "Maximum", "Mean", "Min", "Minimum", "MirrorPad", "Mod", "Multinomial",
  "Multiply", "Neg", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5", "NotEqual",
  "OneHot", "OnesLike", "Pack", "PadV2", "Pow", "Prelu", "Prod", "Range", "RealDiv", "Reciprocal", "Relu",
  "Relu6", "ResizeBilinear", "ResizeBilinearGrad", "ResizeNearestNeighbor", "ResizeNearestNeighborGrad",
  "Reverse", "RotateWithOffset", "Round", "Rsqrt", "ScatterNd", "SearchSorted", "Select", "Selu", "Sigmoid",
  "Sign", "Sin", "Sinh", "Slice", "Softmax", "Softplus", "SpaceToBatchND", "SparseFillEmptyRows",
  "SparseReshape", "SparseSegmentMean", "SparseSegmentSum", "SparseToDense", "SplitV", "Sqrt", "Square",
  "SquaredDifference", "Step", "StridedSlice",
  "Sub", "Sum", "Tan", "Tanh", "TensorScatterUpdate", "Tile", "TopK", "Transform", "Transpose", "Unique",
  "Unpack", "ZerosLike", "_FusedMatMul",
];

/** The kernels that are always computed by the cpu backend. */
export const delegated: WasmRepair[] = [...missing, ...wrong].map((kernelName) =>
  defineRepair<object, object, TensorInfo | TensorInfo[]>(
    kernelName,
    () => (call) => runOnCpu(kernelName, call),
  ),
);

/**
 * The repairs, and the kernels of `numbersOnly` that have none: complex numbers and strings are delegated to the cpu
 * backend.
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

// Kernels run a thousand times a second and more, so this check allocates no arrays.
function hasOtherType({ inputs, attrs }: WasmCall<object, { dtype?: string }>): boolean {
  if (isOther(attrs?.dtype)) return true;
  const tensors = inputs as Record<string, TensorInfo | undefined>;
  for (const name in tensors) if (isOther(tensors[name]?.dtype)) return true;
  return false;
}

function isOther(dtype: string | undefined): boolean {
  return dtype === "complex64" || dtype === "string";
}
