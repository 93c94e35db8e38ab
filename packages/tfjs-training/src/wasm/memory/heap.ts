/** The memory of tfjs's wasm backend, as far as the repairs read and write it. */

import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { refuseCapture } from "../capture.js";

/** The part of tfjs's `BackendWasm` that the repairs use. */
export interface WasmBackend {
  /** The compiled module; its memory may grow, and `HEAPU8` is then made anew. */
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** Address of so many new bytes, as a signed number; 0 when there are none. */
    _malloc(bytes: number): number;
    /** Gives memory of `_malloc` back. */
    _free(address: number): void;
    /** The exports of tfjs's own binary; its threaded one imports its memory. */
    readonly asm: { readonly memory?: WebAssembly.Memory; malloc(bytes: number): number };
  };
  /** Where each tensor lies, and how many tensors share it. */
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number; refCount: number } };
  /** Allocates an uninitialised tensor, or describes one that lies at `memoryOffset` already. */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number): TensorInfo;
  /** Gives one reference back, or with `force` all of them, and the memory with the last one. */
  disposeData(dataId: object, force?: boolean): boolean;
  /** Adds one reference. */
  incRef(dataId: object): void;
}

let floats: Float32Array = new Float32Array(0);
let words: Int32Array = new Int32Array(0);

/** The whole heap as floats. Allocating may move the heap: call it again afterwards. */
export function heapOf(backend: WasmBackend): Float32Array {
  refuseCapture("reads or writes floats in JavaScript");
  const { buffer } = backend.wasm.HEAPU8;
  if (floats.buffer !== buffer) floats = new Float32Array(buffer);
  return floats;
}

/** The whole heap as 32-bit integers. Allocating may move the heap: call it again afterwards. */
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

/** Byte address of a tensor's first element, as the compiled kernels take it. */
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
