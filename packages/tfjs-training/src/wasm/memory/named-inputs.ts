/** Inputs of a kernel that are passed as an array together with their names. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, type WasmBackend } from "./heap.js";

/** Inputs of a scan by name, and their byte addresses. */
export class NamedInputs {
  constructor(
    private readonly backend: WasmBackend,
    private readonly names: readonly string[],
    private readonly tensors: readonly TensorInfo[],
  ) {}

  /** Returns the input of that name. */
  tensor(name: string): TensorInfo {
    return this.tensors[this.names.indexOf(name)];
  }

  /** Byte address of the input, 0 if it is missing. */
  address(name: string): number {
    const at = this.names.indexOf(name);
    return at < 0 ? 0 : byteAddress(this.backend, this.tensors[at]);
  }
}

/** Byte address of a tensor. */
export function byteAddress(backend: WasmBackend, tensor: TensorInfo): number {
  return addressOf(backend, tensor) * 4;
}

/**
 * Memory of `floats` floats for values that a forward kernel saves, as a tensor of one element: for every output
 * without gradient tfjs creates zeros of its shape, which for large ones would take longer than the scan's own
 * backward loop.
 */
export function savedTensor(backend: WasmBackend, floats: number): TensorInfo {
  return { ...backend.makeOutput([floats], "float32"), shape: [1] };
}
