/** Files in pieces, so that none has to be in memory as a whole. */

import { CheckpointError } from "../core/errors.js";
import type { TypedArray } from "../core/state.js";
import { EventLoopTurns } from "../core/yield.js";

/** Contents of a file: its bytes in pieces of any size, in order. `[bytes]` is a file of one piece. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Maximum size of a piece that the library makes. */
export const LONGEST_PIECE = 4 * 2 ** 20;

// Milliseconds of work between yields to the event loop.
const YIELD_INTERVAL_MS = 50;

/** The bytes of arrays in order: small ones joined as a copy, large ones as views of their parts. */
export function* piecesOf(arrays: Iterable<TypedArray>): Generator<Uint8Array> {
  const small = LONGEST_PIECE / 16;
  let together: Uint8Array[] = [];
  let size = 0;
  for (const array of arrays) {
    if (array.byteLength <= small) {
      together.push(bytesOf(array));
      size += array.byteLength;
      if (size < LONGEST_PIECE - small) continue;
    }
    if (size > 0) yield join(together, size);
    if (array.byteLength > small) yield* slices(bytesOf(array));
    together = [];
    size = 0;
  }
  if (size > 0) yield join(together, size);
}

/** Passes pieces on, none longer than {@link LONGEST_PIECE}, and yields to the event loop between them. */
export async function* withYields(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const turns = new EventLoopTurns(YIELD_INTERVAL_MS);
  for await (const piece of pieces) {
    for (const slice of slices(piece)) {
      yield slice;
      if (turns.due) await turns.give();
    }
  }
}

/**
 * Reads all bytes of a file.
 *
 * @param longest maximum number of bytes; default unlimited · @param file name used in the error message
 * @throws CheckpointError as soon as there are more
 */
export async function readWhole(
  pieces: Pieces,
  longest = Number.POSITIVE_INFINITY,
  file = "file",
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > longest) throw new CheckpointError(`${file}: it is longer than ${longest} bytes`);
    parts.push(piece.slice());
  }
  return parts.length === 1 ? parts[0] : join(parts, size);
}

/** The bytes of an array: a view. */
export function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LONGEST_PIECE) yield bytes.subarray(at, at + LONGEST_PIECE);
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const joined = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
