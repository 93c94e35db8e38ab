/** Copying a block out of a tensor. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, type WasmBackend, wordsOf } from "./heap.js";

/** The part of a tensor that {@link copyBlock} takes. */
export interface Block {
  /** First index along each axis. */
  begin: readonly number[];
  /** Number of indices along each axis. */
  size: readonly number[];
}

// Below this length a loop is faster than calling copyWithin.
const shortRun = 32;

/** Whether {@link copyBlock} can copy elements of this type: those of four bytes. */
export function isCopied({ dtype }: TensorInfo): boolean {
  return dtype === "float32" || dtype === "int32";
}

/** Copies `length` elements of four bytes from one index of the heap to another. */
export function copyRun(words: Int32Array, from: number, to: number, length: number): void {
  if (length >= shortRun) words.copyWithin(to, from, from + length);
  else for (let i = 0; i < length; i++) words[to + i] = words[from + i];
}

/** A new tensor with a block of `x`. Reads the heap in place: no copy of the whole tensor is made. */
export function copyBlock(backend: WasmBackend, x: TensorInfo, { begin, size }: Block): TensorInfo {
  const output = backend.makeOutput([...size], x.dtype);
  const heap = wordsOf(backend);
  const { shape } = x;
  let write = addressOf(backend, output);
  if (size.some((n) => n === 0)) return output;

  // Axes from `inner` on make up one run of memory; the axes before are stepped through.
  let inner = shape.length;
  let run = 1;
  while (inner > 0) {
    inner--;
    run *= size[inner];
    if (size[inner] !== shape[inner]) break;
  }
  const strides = new Array<number>(shape.length);
  let read = addressOf(backend, x);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) {
    strides[axis] = stride;
    read += begin[axis] * stride;
  }
  const index = new Array<number>(inner).fill(0);
  for (;;) {
    copyRun(heap, read, write, run);
    write += run;
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      read += strides[axis];
      if (++index[axis] < size[axis]) break;
      read -= size[axis] * strides[axis];
      index[axis] = 0;
    }
    if (axis < 0) return output;
  }
}
