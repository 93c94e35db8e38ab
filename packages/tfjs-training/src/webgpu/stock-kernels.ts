/** tfjs's own kernels of webgpu, called from within another kernel. */

import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebGPUBackend, WebGPUKernel } from "./replace-kernel.js";

/** Runs stock kernels and frees all that they made, but for what is kept. */
export class StockKernels {
  private readonly made = new Set<TensorInfo["dataId"]>();

  constructor(private readonly backend: WebGPUBackend) {}

  /** `a b`, or `aᵀ b`. */
  matMul(a: TensorInfo, b: TensorInfo, transposeA = false): TensorInfo {
    return this.run("BatchMatMul", { a, b }, { transposeA, transposeB: false });
  }

  /** A matrix turned. */
  transpose(x: TensorInfo): TensorInfo {
    return this.run("Transpose", { x }, { perm: [1, 0] });
  }

  /** Sum over one axis of a matrix. */
  sum(x: TensorInfo, axis: 0 | 1): TensorInfo {
    return this.run("Sum", { x }, { axis: [axis], keepDims: false });
  }

  /** Product of two tensors of one shape, number by number. */
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

  /** The numbers of a row at the places `indices`. */
  gather(x: TensorInfo, indices: TensorInfo): TensorInfo {
    return this.run("GatherV2", { x, indices }, { axis: 0, batchDims: 0 });
  }

  /** Whole numbers, to be uploaded. */
  integers(values: Int32Array): TensorInfo {
    return this.own(this.backend.makeTensorInfo([values.length], "int32", values));
  }

  /** A copy of `shape` from the place `begin` of a tensor, read as a row of numbers. */
  part(x: TensorInfo, begin: number, shape: number[]): TensorInfo {
    const size = countOf(shape);
    return reshaped(this.run("Slice", { x: flat(x) }, { begin: [begin], size: [size] }), shape);
  }

  /** All numbers of all tensors in one row. */
  join(tensors: TensorInfo[]): TensorInfo {
    const parts = tensors.map(flat);
    return parts.length === 1 ? parts[0] : this.run("Concat", parts, { axis: 0 });
  }

  /** Excepts a tensor from {@link StockKernels.free}. */
  keep(x: TensorInfo): TensorInfo {
    this.made.delete(x.dataId);
    return x;
  }

  /** Has {@link StockKernels.free} free a tensor, too. */
  own(x: TensorInfo): TensorInfo {
    this.made.add(x.dataId);
    return x;
  }

  /** Frees what was made. */
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
