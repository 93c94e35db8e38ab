/** Storage of frames, each stored once, in blocks that any engine can allocate. */

import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { createTypedArray, type DType, sizeOf, type TypedArray } from "../core/state.js";
import { interleave } from "./replay-stack.js";

// A single array of all frames would exceed the 4 GB that engines allow (2 GB in some).
const BLOCK_BYTES = 2 ** 28;

/** Options of {@link ReplayFrames}. */
export interface ReplayFramesOptions {
  /** Number of frames. */
  count: number;
  /** Shape of one frame. */
  shape: readonly number[];
  /** Element type. */
  dtype: DType;
  /** Number of frames in a stack. */
  stack: number;
  /** Maximum bytes of a block, default 256 MB. */
  blockBytes?: number;
}

/** A fixed number of frames in blocks, and stacks of them along the last axis. */
export class ReplayFrames {
  /** Number of elements of one frame. */
  readonly frameSize: number;
  /** Number of elements of one stack. */
  readonly stackSize: number;
  /** Number of frames in a stack. */
  readonly stack: number;
  /** Size of a frame's last axis. */
  readonly channels: number;
  /** Element type. */
  readonly dtype: DType;
  private readonly perBlock: number;
  private readonly blocks: TypedArray[];
  private readonly parts: TypedArray[];

  /** @throws InvalidArgumentError when there is not enough memory */
  constructor(options: ReplayFramesOptions) {
    const { count, shape, dtype, stack, blockBytes = BLOCK_BYTES } = options;
    const size = sizeOf(shape);
    this.frameSize = size;
    this.stackSize = size * stack;
    this.stack = stack;
    this.dtype = dtype;
    this.channels = shape.at(-1) ?? 1;
    const { BYTES_PER_ELEMENT: width } = createTypedArray(dtype, 0);
    this.perBlock = Math.max(1, Math.floor(blockBytes / (size * width)));
    this.parts = new Array<TypedArray>(stack);
    try {
      this.blocks = Array.from({ length: Math.ceil(count / this.perBlock) }, (_, i) =>
        createTypedArray(dtype, size * Math.min(this.perBlock, count - i * this.perBlock)),
      );
    } catch (cause) {
      const gigabytes = ((count * size * width) / 1e9).toFixed(1);
      throw new InvalidArgumentError(
        "capacity",
        `${count} frames take ${gigabytes} GB, which this machine cannot give: choose fewer`,
        { cause },
      );
    }
  }

  /** Total bytes of all frames. */
  get byteLength(): number {
    return this.blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** A view of one frame. */
  at(index: number): TypedArray {
    const { perBlock, frameSize } = this;
    const from = (index % perBlock) * frameSize;
    return this.blocks[Math.floor(index / perBlock)].subarray(from, from + frameSize);
  }

  /** The frames `from` to `to` as one view; undefined when they are in two blocks. */
  contiguous(from: number, to: number): TypedArray | undefined {
    const { perBlock, frameSize } = this;
    const start = from % perBlock;
    if (start + to - from > perBlock) return undefined;
    return this.blocks[Math.floor(from / perBlock)].subarray(
      start * frameSize,
      (start + to - from) * frameSize,
    );
  }

  /**
   * Stores one frame of a stack (the whole observation, if stacks have one frame).
   *
   * @param age number of frames in the stack that are newer, default 0
   */
  put(index: number, observation: TypedArray, age = 0): void {
    const { stackSize, channels, stack } = this;
    if (observation.length !== stackSize) {
      throw new ShapeError("observation", `of ${stackSize} numbers`, [observation.length]);
    }
    const frame = this.at(index);
    if (stack === 1) {
      frame.set(observation);
      return;
    }
    const step = stack * channels;
    for (let from = step - (age + 1) * channels, to = 0; to < frame.length; from += step) {
      for (let c = 0; c < channels; c++) frame[to++] = observation[from + c];
    }
  }

  /**
   * Writes one stack.
   *
   * @param indices indices of its frames, oldest first · @param out `[stackSize]`
   */
  stackInto(indices: ArrayLike<number>, out: TypedArray): void {
    const { parts } = this;
    for (let i = 0; i < parts.length; i++) parts[i] = this.at(indices[i]);
    if (parts.length === 1) out.set(parts[0]);
    else interleave(parts, this.channels, out);
  }

  /** Views of the frames `from` to `to`: one per block. */
  views(from: number, to: number): TypedArray[] {
    const { perBlock, frameSize, blocks } = this;
    const views: TypedArray[] = [];
    for (let at = from; at < to; ) {
      const block = Math.floor(at / perBlock);
      const end = Math.min(to, (block + 1) * perBlock);
      const first = block * perBlock;
      views.push(blocks[block].subarray((at - first) * frameSize, (end - first) * frameSize));
      at = end;
    }
    return views;
  }

  /**
   * The `block`-th of the views that {@link ReplayFrames.views} returns for frames from `from` on, before `limit`; its
   * first `length` elements, which are whole frames.
   */
  view(from: number, limit: number, block: number, length: number): TypedArray | undefined {
    const { perBlock, frameSize } = this;
    const first = block === 0 ? from : (Math.floor(from / perBlock) + block) * perBlock;
    const last = first + length / frameSize;
    if (!(first < last && last <= limit)) return undefined;
    const views = this.views(first, last);
    return views.length === 1 && views[0].length === length ? views[0] : undefined;
  }

  /** Copies the frames `from` to `to` from arrays that contain them in order; views of these frames are skipped. */
  fill(from: number, to: number, arrays: readonly TypedArray[]): void {
    // A view of another place of this memory would be overwritten while it is read.
    const own = new Set(this.blocks.map(({ buffer }) => buffer));
    let place = from;
    const safe = arrays.map((array) => {
      const there = array.length === 0 || !own.has(array.buffer) || isSame(array, this.at(place));
      place += array.length / this.frameSize;
      return there ? array : array.slice();
    });
    const sources = safe.values();
    let source = sources.next().value;
    let at = 0;
    for (const target of this.views(from, to)) {
      for (let done = 0; done < target.length; ) {
        while (source && at === source.length) {
          source = sources.next().value;
          at = 0;
        }
        const part = (source as TypedArray).subarray(at, at + target.length - done);
        if (!isSame(part, target.subarray(done))) target.set(part, done);
        at += part.length;
        done += part.length;
      }
    }
  }
}

// Whether two views begin at the same address.
function isSame(a: TypedArray, b: TypedArray): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset;
}
