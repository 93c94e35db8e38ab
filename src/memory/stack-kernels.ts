/** Frames side by side in WebAssembly SIMD, 16 pixels at a time. */

import { assembleWasm, op } from "../images/wasm-assembler.js";

/** The kernels and a memory of their own. Addresses are byte offsets into `bytes`. */
export interface StackKernels {
  /** The memory. */
  readonly bytes: Uint8Array;
  /**
   * Joins three byte frames pixel by pixel; writes from `out` on until `outEnd` is reached, at most 47 bytes beyond, and
   * reads as many pixels beyond each frame.
   */
  joinThree(a: number, b: number, c: number, out: number, outEnd: number): void;
  /** Joins four byte frames; at most 63 bytes beyond `outEnd`. */
  joinFour(a: number, b: number, c: number, d: number, out: number, outEnd: number): void;
}

/** Bytes that a kernel may read or write beyond the end. */
export const OVERRUN = 64;

const advance = (index: number, by: number) => [...op.get(index), ...op.i32(by), ...op.add, ...op.set(index)];
const range = (length: number) => Array.from({ length }, (_, i) => i);

// Lanes of two vectors in turns, `width` bytes each: of their lower or upper halves.
const zip = (width: number, half: 0 | 1) =>
  range(8 / width).flatMap((i) =>
    [0, 16].flatMap((vector) => range(width).map((byte) => vector + 8 * half + i * width + byte)),
  );

// Bytes 16 * part on of a0 b0 c0 a1 b1 c1 ...: first what a and b give, then c.
const threes = (part: number) =>
  range(16).map((i) => ({ frame: (16 * part + i) % 3, pixel: Math.floor((16 * part + i) / 3) }));
const twoOfThree = (part: number) =>
  threes(part).map(({ frame, pixel }) => (frame === 2 ? 0 : 16 * frame + pixel));
const third = (part: number) => threes(part).map(({ frame, pixel }, i) => (frame === 2 ? 16 + pixel : i));

function join(frames: 3 | 4): { parameters: number; vectors: number; body: number[][] } {
  const [out, end] = [frames, frames + 1];
  const vector = (frame: number) => frames + 2 + frame;
  const pair = (a: number, half: 0 | 1) => [
    ...op.get(vector(a)),
    ...op.get(vector(a + 1)),
    ...op.shuffle(zip(1, half)),
  ];
  const four = ([0, 1] as const).flatMap((half) =>
    ([0, 1] as const).map((quarter) => [...pair(0, half), ...pair(2, half), ...op.shuffle(zip(2, quarter))]),
  );
  const three = range(3).map((part) => [
    ...op.get(vector(0)),
    ...op.get(vector(1)),
    ...op.shuffle(twoOfThree(part)),
    ...op.get(vector(2)),
    ...op.shuffle(third(part)),
  ]);
  const loop = op.repeat(
    ...range(frames).map((frame) => [...op.get(frame), ...op.load, ...op.set(vector(frame))]),
    ...(frames === 4 ? four : three).flatMap((bytes) => [
      [...op.get(out), ...bytes, ...op.store],
      advance(out, 16),
    ]),
    ...range(frames).map((frame) => advance(frame, 16)),
    [...op.get(out), ...op.get(end), ...op.less],
  );
  return { parameters: frames + 2, vectors: frames, body: [loop] };
}

const PAGE = 0x10000;
let compiled: WebAssembly.Module | undefined;

/** Kernels with a memory of `size` bytes; `null` where WebAssembly SIMD or the memory is not to be had. */
export function stackKernels(size: number): StackKernels | null {
  try {
    compiled ??= new WebAssembly.Module(
      assembleWasm({ joinThree: join(3), joinFour: join(4) }, 1) as BufferSource,
    );
    const { memory, joinThree, joinFour } = new WebAssembly.Instance(compiled).exports as unknown as Omit<
      StackKernels,
      "bytes"
    > & { memory: WebAssembly.Memory };
    memory.grow(Math.ceil(size / PAGE));
    return { bytes: new Uint8Array(memory.buffer), joinThree, joinFour };
  } catch {
    return null;
  }
}
