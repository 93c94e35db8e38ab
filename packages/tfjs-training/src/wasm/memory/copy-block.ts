/** Copies a block out of a tensor. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { copyStrided, stepsOf } from "../shape/copy-strided.js";
import type { WasmBackend } from "./heap.js";

export { isCopied } from "../shape/copy-strided.js";

/** The block of a tensor that {@link copyBlock} copies. */
export interface Block {
  /** First index along each axis. */
  begin: readonly number[];
  /** Number of indices along each axis. */
  size: readonly number[];
}

/** Returns a new tensor with a block of `x`. Reads the heap in place, without copying the whole tensor. */
export function copyBlock(backend: WasmBackend, x: TensorInfo, { begin, size }: Block): TensorInfo {
  const steps = stepsOf(x.shape);
  const offset = begin.reduce((sum, index, axis) => sum + index * steps[axis], 0);
  return copyStrided(backend, x, size, { offset, steps });
}
