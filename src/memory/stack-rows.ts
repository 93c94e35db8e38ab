/** Stacks of the frames before and after a step, for each row of a batch. */

import { createTypedArray, type TypedArray } from "../core/state.js";
import type { ReplayFrames } from "./replay-frames.js";
import { OVERRUN, type StackKernels, stackKernels } from "./stack-kernels.js";

// A larger memory of the kernels might not be available.
const LARGEST = 2 ** 30;

/**
 * The observations of a batch. Byte frames of one channel in stacks of three or four are interleaved by kernels, in a
 * memory that also contains the batch: a transition's frames, most of them in both of its stacks, are copied there
 * once.
 */
export class StackRows {
  /** `[size, stackSize]`. */
  readonly observations: TypedArray;
  /** `[size, stackSize]`. */
  readonly nextObservations: TypedArray;
  private readonly kernels: StackKernels | null = null;
  private readonly rowsAt: readonly [number, number] = [0, 0];
  private readonly addresses: Int32Array;

  /**
   * @param frames storage of the frames · @param size number of rows · @param older rows that are no longer needed,
   *   whose memory can be reused
   */
  constructor(
    private readonly frames: ReplayFrames,
    readonly size: number,
    older?: StackRows,
  ) {
    const { stack, stackSize, frameSize, dtype, channels } = frames;
    this.addresses = new Int32Array(2 * stack);
    const staged = 2 * stack * frameSize + OVERRUN;
    const needed = staged + 2 * (size * stackSize + OVERRUN);
    const fits = dtype === "uint8" && channels === 1 && (stack === 3 || stack === 4);
    if (fits && frameSize >= 16 && needed < LARGEST) {
      const large = older?.kernels && older.kernels.bytes.length >= needed;
      this.kernels = large ? older.kernels : stackKernels(needed);
    }
    if (this.kernels) {
      const { buffer } = this.kernels.bytes;
      this.rowsAt = [staged, staged + size * stackSize + OVERRUN];
      this.observations = new Uint8Array(buffer, this.rowsAt[0], size * stackSize);
      this.nextObservations = new Uint8Array(buffer, this.rowsAt[1], size * stackSize);
    } else {
      this.observations = createTypedArray(dtype, size * stackSize);
      this.nextObservations = createTypedArray(dtype, size * stackSize);
    }
  }

  /**
   * Writes one row. Rows must be written in order: a kernel may write over the beginning of the next one.
   *
   * @param slots frames of the observation, oldest first · @param nextSlots frames of the next observation
   */
  put(row: number, slots: Int32Array, nextSlots: Int32Array): void {
    const { frames, kernels } = this;
    const { stackSize, stack } = frames;
    if (!kernels) {
      const [from, to] = [row * stackSize, (row + 1) * stackSize];
      frames.stackInto(slots, this.observations.subarray(from, to));
      frames.stackInto(nextSlots, this.nextObservations.subarray(from, to));
      return;
    }
    const last = stack - 1;
    if (!this.stageRun(slots[0], nextSlots[last])) {
      this.stage(slots, 0);
      this.stage(nextSlots, stack);
    } else {
      for (let i = 0; i < stack; i++) {
        this.addresses[i] = (slots[i] - slots[0]) * frames.frameSize;
        this.addresses[stack + i] = (nextSlots[i] - slots[0]) * frames.frameSize;
      }
    }
    for (let k = 0; k < 2; k++) this.join(k * stack, this.rowsAt[k] + row * stackSize);
  }

  // Copies the frames of both stacks at once if they are contiguous.
  private stageRun(first: number, last: number): boolean {
    const { frames, kernels } = this;
    if (last < first || last - first >= 2 * frames.stack) return false;
    const run = frames.contiguous(first, last + 1);
    if (run) kernels!.bytes.set(run);
    return run !== undefined;
  }

  private stage(slots: Int32Array, from: number): void {
    const { frames, kernels, addresses } = this;
    for (let i = 0; i < slots.length; i++) {
      addresses[from + i] = (from + i) * frames.frameSize;
      kernels!.bytes.set(frames.at(slots[i]), addresses[from + i]);
    }
  }

  private join(from: number, out: number): void {
    const { addresses: at, kernels, frames } = this;
    const end = out + frames.stackSize;
    if (frames.stack === 3) kernels!.joinThree(at[from], at[from + 1], at[from + 2], out, end);
    else kernels!.joinFour(at[from], at[from + 1], at[from + 2], at[from + 3], out, end);
  }
}
