/** Elementwise maximum of two images. */

import type { TypedArray } from "../core/state.js";
import { pixelKernels } from "./pixel-kernels.js";

// Below this many bytes, copying to the kernel's memory costs more than it saves.
const WORTH_COPYING = 256;

/**
 * Writes the larger of `a[i]` and `b[i]` to `out[i]` and returns `out`. All have one type and length; `out`
 * may be one of the others.
 *
 * @param kernels SIMD kernels, `null` for none
 */
export function elementwiseMax(
  a: TypedArray,
  b: TypedArray,
  out: TypedArray,
  kernels = pixelKernels(),
): TypedArray {
  const { length } = out;
  if (kernels && out instanceof Uint8Array && length >= WORTH_COPYING) {
    const second = (length + 15) & ~15;
    const memory = kernels.bytes(2 * second);
    memory.set(a);
    memory.set(b, second);
    kernels.raise(0, second, length);
    out.set(memory.subarray(0, length));
    return out;
  }
  for (let i = 0; i < length; i++) out[i] = Math.max(a[i], b[i]);
  return out;
}
