/** Scratch memory on the heap of the wasm backend for running kernels. */

import { BackendError } from "../../core/errors.js";
import { currentRecorder } from "../capture.js";
import type { WasmBackend } from "./heap.js";

/** Purpose of a block of scratch memory; each purpose has a separate block. */
export type ScratchPurpose =
  | "work"
  | "panels"
  | "packed"
  | "rows"
  | "bias"
  | "images"
  | "patches"
  | "cells"
  | "frames"
  | "weights"
  | "strip"
  | "points"
  | "products"
  | "transforms";

interface Block {
  address: number;
  /** Address from the allocator, which need not be aligned. */
  allocated: number;
  bytes: number;
}

// Vectors that cross two cache lines are read at half the speed; blocks start at a line.
const cacheLine = 64;

const blocks = new WeakMap<WasmBackend, Map<ScratchPurpose, Block>>();

/**
 * Byte address of at least `bytes` bytes of uninitialised memory. There is one block for each
 * purpose and backend: its contents last until the next call for the same purpose, it grows when more is
 * requested, and it is kept for the next kernel. Kernels never keep an address between calls.
 *
 * @throws BackendError when the heap is full
 */
export function scratch(backend: WasmBackend, purpose: ScratchPurpose, bytes: number): number {
  const recorder = currentRecorder();
  if (recorder) return recorder.scratch(purpose, bytes);
  let own = blocks.get(backend);
  if (!own) {
    own = new Map();
    blocks.set(backend, own);
  }
  const block = own.get(purpose);
  if (block && block.bytes >= bytes) return block.address;
  if (block) backend.wasm._free(block.allocated);
  own.delete(purpose);
  const rounded = Math.ceil(bytes / 4096) * 4096;
  const allocated = allocate(backend, rounded + cacheLine);
  const address = Math.ceil(allocated / cacheLine) * cacheLine;
  own.set(purpose, { address, allocated, bytes: rounded });
  return address;
}

function allocate(backend: WasmBackend, bytes: number): number {
  guardAllocation(backend);
  return backend.wasm._malloc(bytes) >>> 0;
}

const guarded = Symbol.for("ncps-ts.guarded-allocation");

interface Guarded {
  (bytes: number): number;
  [guarded]?: true;
}

/** Maximum size of the memory of a 32-bit module in bytes. */
const addressable = 2 ** 32;

/**
 * Makes allocations of the backend fail with a typed error. tfjs misinterprets the address 0, by which its
 * allocator reports that the heap is full, as a valid address. Calling it again has no effect.
 */
export function guardAllocation({ wasm }: WasmBackend): void {
  if ((wasm._malloc as Guarded)[guarded]) return;
  const { malloc } = wasm.asm; // `_malloc` replaces itself by this one at its first call
  const guard: Guarded = (bytes) => {
    const address = bytes < addressable ? malloc(bytes) : 0;
    if (address === 0 && bytes > 0) {
      throw new BackendError(
        `the memory of the wasm backend is full: ${bytes} bytes cannot be allocated, ${wasm.HEAPU8.length} are in use. It holds 4 GB at most: dispose of tensors, wrap computations in tf.tidy, or use a smaller batch`,
      );
    }
    return address;
  };
  guard[guarded] = true;
  wasm._malloc = guard;
}
