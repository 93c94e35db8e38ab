/** Streaming reader of safetensors files. */

import { CheckpointError } from "../core/errors.js";
import { createTypedArray, type TypedArray } from "../core/state.js";
import { bytesOf } from "./pieces.js";
import {
  headerLength,
  PREFIX,
  readHeader,
  type SafeTensor,
  type SafeTensorEntry,
} from "./safetensors-header.js";

/** Where an array is read to: a given array, a new one, or nowhere. */
export type Placing = (entry: SafeTensorEntry) => TypedArray | "new" | "skip";

/**
 * Reads a safetensors file in pieces of any size and writes each array to its place; only the header and the
 * arrays are kept in memory.
 */
export class SafetensorsReader {
  private readonly tensors = new Map<string, SafeTensor>();
  private head = new Uint8Array(PREFIX);
  private headed = 0;
  // Once the header is known: the arrays in file order, and the number of bytes of each.
  private targets?: { bytes?: Uint8Array; length: number }[];
  private target = 0;
  private at = 0;

  /**
   * @param byteLength number of bytes of the whole file · @param file name used in error messages
   * @param place returns where an array is read to
   */
  constructor(
    private readonly byteLength: number,
    private readonly file: string,
    private readonly place: Placing = () => "new",
  ) {}

  /**
   * Reads the next bytes; those beyond the length of the file are ignored.
   *
   * @throws CheckpointError when the header does not conform to the format
   */
  push(piece: Uint8Array): void {
    let from = 0;
    while (!this.targets && from < piece.length) {
      const part = piece.subarray(from, from + this.head.length - this.headed);
      this.head.set(part, this.headed);
      this.headed += part.length;
      from += part.length;
      if (this.headed === this.head.length) this.beginPart();
    }
    const targets = this.targets ?? [];
    while (from < piece.length && this.target < targets.length) {
      const { bytes, length } = targets[this.target];
      const part = piece.subarray(from, from + length - this.at);
      bytes?.set(part, this.at);
      from += part.length;
      this.at += part.length;
      if (this.at < length) continue;
      this.target++;
      this.at = 0;
    }
  }

  /**
   * Returns the arrays by name, after the last byte; skipped ones are empty.
   *
   * @throws CheckpointError when bytes are missing
   */
  end(): Map<string, SafeTensor> {
    const { file, targets, headed, byteLength } = this;
    if (!targets) {
      if (headed < PREFIX) headerLength(this.head.subarray(0, headed), byteLength, file);
      throw new CheckpointError(`${file}: it ends within its header`);
    }
    if (targets.slice(this.target).some(({ length }) => length > 0)) {
      throw new CheckpointError(`${file}: it ends within its arrays`);
    }
    return this.tensors;
  }

  // Called when the length of the header is known, or the header.
  private beginPart(): void {
    const { head, byteLength, file } = this;
    if (head.length === PREFIX) {
      const whole = new Uint8Array(PREFIX + headerLength(head, byteLength, file));
      whole.set(head);
      this.head = whole;
      if (whole.length > PREFIX) return;
    }
    const entries = readHeader(this.head.subarray(PREFIX), byteLength - this.head.length, file);
    this.targets = entries.map((entry) => {
      const { name, shape, begin, end } = entry;
      const placed = this.place(entry);
      const data = placed === "new" ? this.allocate(entry) : placed === "skip" ? undefined : placed;
      this.tensors.set(name, { shape, data: data ?? createTypedArray(entry.dtype, 0) });
      return { bytes: data && bytesOf(data), length: end - begin };
    });
  }

  private allocate({ name, dtype, begin, end }: SafeTensorEntry): TypedArray {
    try {
      return createTypedArray(dtype, (end - begin) / createTypedArray(dtype, 0).BYTES_PER_ELEMENT);
    } catch (cause) {
      throw new CheckpointError(
        `${this.file}: tensor "${name}" takes ${end - begin} bytes, which this machine cannot give`,
        { cause },
      );
    }
  }
}
