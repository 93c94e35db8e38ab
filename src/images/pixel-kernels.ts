/** Pixel kernels in WebAssembly SIMD, 16 bytes at a time. */

import { GRAY_WEIGHTS } from "./gray.js";
import { assembleWasm, op } from "./wasm-assembler.js";

/** The kernels and their memory. Addresses are byte offsets into `bytes()`. */
export interface PixelKernels {
  /** The whole memory, at least `size` bytes; its contents are only kept until the next use. */
  bytes(size: number): Uint8Array;
  /**
   * Adds `weight` times the luma of RGB pixels from `rgb` on to int32 sums from `sums` to `sumsEnd`, four
   * pixels at a time; reads 4 bytes past the last pixel. At least four pixels.
   */
  addGrayRow(rgb: number, weight: number, sums: number, sumsEnd: number): void;
  /** Adds gray pixels from `gray` on to sums, as above; reads 12 bytes past the last one. */
  addRow(gray: number, weight: number, sums: number, sumsEnd: number): void;
  /**
   * Replaces the bytes from `a` to `aEnd` by the maximum of them and those from `b` on, 16 at a time. At least 16
   * bytes.
   */
  raise(a: number, b: number, aEnd: number): void;
}

const NONE = 0xff; // a swizzle index that selects 0
const lanes = (...values: number[]) => values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]);
const { red, green, blue, shift } = GRAY_WEIGHTS;

// As 16-bit pairs: (r, g) of four pixels, then (b, 1).
const PICK_RED_GREEN = [0, 1, 3, 4, 6, 7, 9, 10].flatMap((at) => [at, NONE]);
const PICK_BLUE = [2, 5, 8, 11].flatMap((at) => [at, NONE, NONE, NONE]);
const ONES = lanes(0, 1, 0, 1, 0, 1, 0, 1);
const RED_GREEN = lanes(red, green, red, green, red, green, red, green);
const HALF = 1 << (shift - 1);
const BLUE_HALF = lanes(blue, HALF, blue, HALF, blue, HALF, blue, HALF);

const [RGB, WEIGHT, SUMS, SUMS_END, PIXELS] = [0, 1, 2, 3, 4];
const [A, B, A_END] = [0, 1, 2];
const advance = (index: number, by: number) => [...op.get(index), ...op.i32(by), ...op.add, ...op.set(index)];

// One gray pixel as an i32.
const PICK_GRAY = [0, 1, 2, 3].flatMap((at) => [at, NONE, NONE, NONE]);

const functions = {
  addGrayRow: {
    parameters: 4,
    vectors: 1,
    body: [
      op.repeat(
        [...op.get(RGB), ...op.load, ...op.set(PIXELS)],
        [...op.get(SUMS), ...op.get(SUMS), ...op.load],
        [...op.get(PIXELS), ...op.bytes(PICK_RED_GREEN), ...op.swizzle, ...op.bytes(RED_GREEN), ...op.dot],
        [...op.get(PIXELS), ...op.bytes(PICK_BLUE), ...op.swizzle, ...op.bytes(ONES), ...op.or],
        [...op.bytes(BLUE_HALF), ...op.dot, ...op.add4, ...op.i32(shift), ...op.shiftRight],
        [...op.get(WEIGHT), ...op.splat, ...op.multiply4, ...op.add4, ...op.store],
        advance(RGB, 12),
        advance(SUMS, 16),
        [...op.get(SUMS), ...op.get(SUMS_END), ...op.less],
      ),
    ],
  },
  addRow: {
    parameters: 4,
    vectors: 0,
    body: [
      op.repeat(
        [...op.get(SUMS), ...op.get(SUMS), ...op.load],
        [...op.get(RGB), ...op.load, ...op.bytes(PICK_GRAY), ...op.swizzle],
        [...op.get(WEIGHT), ...op.splat, ...op.multiply4, ...op.add4, ...op.store],
        advance(RGB, 4),
        advance(SUMS, 16),
        [...op.get(SUMS), ...op.get(SUMS_END), ...op.less],
      ),
    ],
  },
  raise: {
    parameters: 3,
    vectors: 0,
    body: [
      op.repeat(
        [...op.get(A), ...op.get(A), ...op.load, ...op.get(B), ...op.load, ...op.maxBytes, ...op.store],
        advance(A, 16),
        advance(B, 16),
        [...op.get(A), ...op.get(A_END), ...op.less],
      ),
    ],
  },
};

const PAGE = 0x10000;
let shared: PixelKernels | null | undefined;

/** The kernels of this thread, created on first use; `null` if WebAssembly SIMD is missing or forbidden. */
export function pixelKernels(): PixelKernels | null {
  if (shared === undefined) {
    try {
      shared = instantiate();
    } catch {
      shared = null;
    }
  }
  return shared;
}

function instantiate(): PixelKernels {
  // One memory for all: engines reserve gigabytes of address space for each.
  const module = new WebAssembly.Module(assembleWasm(functions, 4) as BufferSource);
  const { memory, addGrayRow, addRow, raise } = new WebAssembly.Instance(module).exports as unknown as Pick<
    PixelKernels,
    "addGrayRow" | "addRow" | "raise"
  > & { memory: WebAssembly.Memory };
  let whole = new Uint8Array(memory.buffer);
  const bytes = (size: number) => {
    if (whole.length < size) {
      memory.grow(Math.ceil((size - whole.length) / PAGE));
      whole = new Uint8Array(memory.buffer);
    }
    return whole;
  };
  return { bytes, addGrayRow, addRow, raise };
}
