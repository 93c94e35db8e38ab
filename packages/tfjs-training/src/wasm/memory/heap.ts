/** The memory of tfjs's wasm backend, as used by the repairs. */

import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { refuseCapture } from "../capture.js";

/** The part of tfjs's `BackendWasm` that the repairs use. */
export interface WasmBackend {
  /** The compiled module; its memory may grow, and `HEAPU8` is then replaced. */
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** Allocates bytes and returns their address, as a signed number; 0 if there is no memory left. */
    _malloc(bytes: number): number;
    /** Frees memory of `_malloc`. */
    _free(address: number): void;
    /** The exports of tfjs's own binary; its threaded one imports its memory. */
    readonly asm: { readonly memory?: WebAssembly.Memory; malloc(bytes: number): number };
  };
  /** Memory location of each tensor, and the number of tensors that share it. */
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number; refCount: number } };
  /** Allocates an uninitialised tensor, or describes an existing one at `memoryOffset`. */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number): TensorInfo;
  /** Releases one reference, or with `force` all of them, and frees the memory with the last one. */
  disposeData(dataId: object, force?: boolean): boolean;
  /** Adds one reference. */
  incRef(dataId: object): void;
}

let floats: Float32Array = new Float32Array(0);
let words: Int32Array = new Int32Array(0);

/** The whole heap as floats. Allocations may move the heap: call it again afterwards. */
export function heapOf(backend: WasmBackend): Float32Array {
  refuseCapture("reads or writes floats in JavaScript");
  const { buffer } = backend.wasm.HEAPU8;
  if (floats.buffer !== buffer) floats = new Float32Array(buffer);
  return floats;
}

/** The whole heap as 32-bit integers. Allocations may move the heap: call it again afterwards. */
export function wordsOf(backend: WasmBackend): Int32Array {
  refuseCapture("reads or writes integers in JavaScript");
  const { buffer } = backend.wasm.HEAPU8;
  if (words.buffer !== buffer) words = new Int32Array(buffer);
  return words;
}

/** Index of a tensor's first element in {@link heapOf} and {@link wordsOf}. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset >>> 2;
}

/** Byte address of a tensor's first element, as the compiled kernels expect it. */
export function bytesOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** A float tensor of zeros. */
export function zeros(backend: WasmBackend, shape: number[]): TensorInfo {
  const tensor = backend.makeOutput(shape, "float32");
  const address = addressOf(backend, tensor);
  heapOf(backend).fill(0, address, address + sizeOf(shape));
  return tensor;
}
