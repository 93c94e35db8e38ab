/** Interleaving of frames in WebAssembly SIMD, 16 pixels at a time. */

import { assembleWasm, op } from "../images/wasm-assembler.js";

/** The kernels and their memory. Addresses are byte offsets into `bytes`. */
export interface StackKernels {
  /** The memory. */
  readonly bytes: Uint8Array;
  /**
   * Interleaves three byte frames; writes from `out` on until `outEnd` is reached, at most 47 bytes beyond, and
   * reads as many pixels beyond each frame.
   */
  joinThree(a: number, b: number, c: number, out: number, outEnd: number): void;
  /** Interleaves four byte frames; writes at most 63 bytes beyond `outEnd`. */
  joinFour(a: number, b: number, c: number, d: number, out: number, outEnd: number): void;
}

/** Bytes that a kernel may read or write beyond the end. */
export const OVERRUN = 64;

const advance = (index: number, by: number) => [...op.get(index), ...op.i32(by), ...op.add, ...op.set(index)];
const range = (length: number) => Array.from({ length }, (_, i) => i);

// Interleaves the lanes of two vectors, `width` bytes each: of their lower or upper halves.
const zip = (width: number, half: 0 | 1) =>
  range(8 / width).flatMap((i) =>
    [0, 16].flatMap((vector) => range(width).map((byte) => vector + 8 * half + i * width + byte)),
  );

// Which bytes of a frame's 16 pixels go into the `part`-th 16 bytes of a0 b0 c0 a1 b1 c1 ...; 0 for other frames'
// bytes.
const thirds = (part: number, frame: number) =>
  range(16).map((i) => ((16 * part + i) % 3 === frame ? Math.floor((16 * part + i) / 3) : 0xff));

// Vectors are numbered after the parameters: one per frame, then others.
function joining(frames: number, others: number, prepare: number[][], parts: number[][]) {
  const [out, end] = [frames, frames + 1];
  const loop = op.repeat(
    ...range(frames).map((frame) => [...op.get(frame), ...op.load, ...op.set(end + 1 + frame)]),
    ...parts.map((bytes, i) => [...op.get(out), ...bytes, ...op.storeAt(16 * i)]),
    advance(out, 16 * parts.length),
    ...range(frames).map((frame) => advance(frame, 16)),
    [...op.get(out), ...op.get(end), ...op.less],
  );
  return { parameters: frames + 2, vectors: frames + others, body: [...prepare, loop] };
}

function threeFrames() {
  const [vectors, picks] = [5, 8];
  const all = range(3).flatMap((part) => range(3).map((frame) => thirds(part, frame)));
  const prepare = all.map((pick, i) => [...op.bytes(pick), ...op.set(picks + i)]);
  const picked = (part: number, frame: number) => [
    ...op.get(vectors + frame),
    ...op.get(picks + 3 * part + frame),
    ...op.swizzle,
  ];
  const parts = range(3).map((part) => [
    ...[...picked(part, 0), ...picked(part, 1), ...op.or],
    ...[...picked(part, 2), ...op.or],
  ]);
  return joining(3, 9, prepare, parts);
}

function fourFrames() {
  const vectors = 6;
  const pair = (first: number, half: 0 | 1) => [
    ...[...op.get(vectors + first), ...op.get(vectors + first + 1)],
    ...op.shuffle(zip(1, half)),
  ];
  const halves = [0, 1] as const;
  const parts = halves.flatMap((half) =>
    halves.map((quarter) => [...pair(0, half), ...pair(2, half), ...op.shuffle(zip(2, quarter))]),
  );
  return joining(4, 0, [], parts);
}

const PAGE = 0x10000;
let compiled: WebAssembly.Module | undefined;

/** Kernels with a separate memory of `size` bytes; `null` where WebAssembly SIMD or the memory is unavailable. */
export function stackKernels(size: number): StackKernels | null {
  try {
    compiled ??= new WebAssembly.Module(
      assembleWasm({ joinThree: threeFrames(), joinFour: fourFrames() }, 1) as BufferSource,
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
