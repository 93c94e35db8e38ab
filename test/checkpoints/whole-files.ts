/** Files of checkpoints as whole buffers, for tests that damage them. */

import type { CheckpointFiles } from "../../src/checkpoints/index.js";
import { readWhole } from "../../src/checkpoints/pieces.js";

/** Files by name, each as one buffer. */
export type WholeFiles = Map<string, Uint8Array>;

/** Joins the pieces of all files. */
export async function wholeFiles(files: CheckpointFiles): Promise<WholeFiles> {
  const whole: WholeFiles = new Map();
  for (const [name, pieces] of files) whole.set(name, await readWhole(pieces));
  return whole;
}

/** Files of one piece each, or of pieces of the given length. */
export function inPieces(
  files: ReadonlyMap<string, Uint8Array>,
  length = Number.POSITIVE_INFINITY,
): CheckpointFiles {
  return new Map([...files].map(([name, bytes]) => [name, [...slices(bytes, length)]]));
}

function* slices(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  if (bytes.length <= length) yield bytes;
  else for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
