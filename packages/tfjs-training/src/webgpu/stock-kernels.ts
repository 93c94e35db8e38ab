/** Calls tfjs's own webgpu kernels from within another kernel. */

import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebGPUBackend, WebGPUKernel } from "./replace-kernel.js";

/** Runs stock kernels and frees everything that they created, except kept tensors. */
export class StockKernels {
  private readonly made = new Set<TensorInfo["dataId"]>();

  constructor(private readonly backend: WebGPUBackend) {}

  /** Matrix product `a b`, or `aᵀ b`. */
  matMul(a: TensorInfo, b: TensorInfo, transposeA = false): TensorInfo {
    return this.run("BatchMatMul", { a, b }, { transposeA, transposeB: false });
  }

  /** Transposed matrix. */
  transpose(x: TensorInfo): TensorInfo {
    return this.run("Transpose", { x }, { perm: [1, 0] });
  }

  /** Sum over one axis of a matrix. */
  sum(x: TensorInfo, axis: 0 | 1): TensorInfo {
    return this.run("Sum", { x }, { axis: [axis], keepDims: false });
  }

  /** Elementwise product of two tensors of one shape. */
  multiply(a: TensorInfo, b: TensorInfo): TensorInfo {
    return this.run("Multiply", { a, b }, {});
  }

  /** `log(1 + exp(x))`. */
  softplus(x: TensorInfo): TensorInfo {
    return this.run("Softplus", { x }, {});
  }

  /** `1 / (1 + exp(-x))`. */
  sigmoid(x: TensorInfo): TensorInfo {
    return this.run("Sigmoid", { x }, {});
  }

  /** Gathers the elements of a row at `indices`. */
  gather(x: TensorInfo, indices: TensorInfo): TensorInfo {
    return this.run("GatherV2", { x, indices }, { axis: 0, batchDims: 0 });
  }

  /** Integers, to be uploaded. */
  integers(values: Int32Array): TensorInfo {
    return this.own(this.backend.makeTensorInfo([values.length], "int32", values));
  }

  /** Copies `shape` from the position `begin` of a tensor, read as a row of numbers. */
  part(x: TensorInfo, begin: number, shape: number[]): TensorInfo {
    const size = countOf(shape);
    return reshaped(this.run("Slice", { x: flat(x) }, { begin: [begin], size: [size] }), shape);
  }

  /** Concatenates all elements of all tensors to one row. */
  join(tensors: TensorInfo[]): TensorInfo {
    const parts = tensors.map(flat);
    return parts.length === 1 ? parts[0] : this.run("Concat", parts, { axis: 0 });
  }

  /** Keeps a tensor from being freed by {@link StockKernels.free}. */
  keep(x: TensorInfo): TensorInfo {
    this.made.delete(x.dataId);
    return x;
  }

  /** Lets {@link StockKernels.free} free a tensor, too. */
  own(x: TensorInfo): TensorInfo {
    this.made.add(x.dataId);
    return x;
  }

  /** Frees the created tensors. */
  free(): void {
    for (const dataId of this.made) this.backend.disposeData(dataId);
    this.made.clear();
  }

  private run(name: string, inputs: object, attrs: object): TensorInfo {
    const kernel = getKernel(name, "webgpu").kernelFunc as unknown as WebGPUKernel;
    return this.own(kernel({ inputs, backend: this.backend, attrs: attrs as NamedAttrMap }));
  }
}

/** The same memory in another shape. */
export function reshaped({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
  return { dataId, dtype, shape };
}

/** The same memory as a row of numbers. */
export function flat(x: TensorInfo): TensorInfo {
  return reshaped(x, [countOf(x.shape)]);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
