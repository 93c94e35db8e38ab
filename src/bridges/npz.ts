/** Reads and writes numpy's archives of arrays. */

import { type Zippable, zipSync } from "fflate";
import type { SafeTensor } from "../checkpoints/safetensors.js";
import type { ArchiveLimits } from "../checkpoints/zip-directory.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import { EventLoopTurns } from "../core/yield.js";
import { readNpy, writeNpy } from "./npy.js";
import { isTorchPickle, TORCH_PICKLE } from "./torch-pickle.js";
import type { NamedArrays } from "./transfer.js";
import { zipFiles } from "./zip.js";

// Milliseconds between yields to the event loop.
const TURN = 20;

/** Options of {@link writeNpz}. */
export interface WriteNpzOptions {
  /** Whether to compress, as `np.savez_compressed` does; default false, as `np.savez`. */
  compress?: boolean;
}

const writeNames = optionNames<WriteNpzOptions>({
  compress: true,
});

/** Options of {@link readNpz}. */
export interface ReadNpzOptions extends ArchiveLimits {
  /** Names of the arrays to read, default all; the others are not inflated, and missing ones are ignored. */
  names?: readonly string[];
}

const readNames = optionNames<ReadNpzOptions>({
  names: true,
  maxBytes: true,
  maxEntries: true,
  maxRatio: true,
});

const suffix = ".npy";

/**
 * Reads the arrays of a `.npz` file by name, in the order of the file: types `f2`, `f4`, `f8`, `i4`, `i8`, `u1`, `u4`
 * and `b1`, little-endian, in C or Fortran order (results are in C order). `f2` becomes float32, `i8` float64.
 *
 * @param file name used in error messages
 * @throws CheckpointError when the file is damaged, contains other files or exceeds a limit
 *
 * @example
 * ```ts
 * const arrays = readNpz(await readFile("weights.npz")); // np.savez("weights.npz", kernel=w)
 * arrays.get("kernel"); // { shape: [3, 4], data: Float32Array(12) }
 * ```
 */
export function readNpz(
  bytes: Uint8Array,
  file = "npz",
  options: ReadNpzOptions = {},
): Map<string, SafeTensor> {
  const arrays = new Map<string, SafeTensor>();
  for (const array of npzArrays(bytes, file, options)) if (array) arrays.set(...array);
  return arrays;
}

/**
 * Reads a `.npz` file like {@link readNpz}, but yields to the event loop in between: for large files in web pages
 * and servers.
 *
 * @param file name used in error messages
 * @throws CheckpointError as {@link readNpz} does
 */
export async function readNpzAsync(
  bytes: Uint8Array,
  file = "npz",
  options: ReadNpzOptions = {},
): Promise<Map<string, SafeTensor>> {
  const arrays = new Map<string, SafeTensor>();
  const turns = new EventLoopTurns(TURN);
  for (const array of npzArrays(bytes, file, options)) {
    if (array) arrays.set(...array);
    if (turns.due) await turns.give();
  }
  return arrays;
}

// One after another, so that only one array is held together with its file.
function* npzArrays(
  bytes: Uint8Array,
  file: string,
  options: ReadNpzOptions,
): Generator<[string, SafeTensor] | undefined> {
  checkOptions("readNpz", options, readNames);
  const { names, ...limits } = options;
  const choose = (files: readonly string[]) => {
    if (files.some(isTorchPickle)) throw new CheckpointError(`${file}: ${TORCH_PICKLE}`);
    const chosen = names ? names.map((name) => name + suffix) : files;
    const odd = chosen.find((name) => !name.endsWith(suffix));
    if (odd !== undefined) throw new CheckpointError(`${file}: ${odd} is not an npy file`);
    return chosen;
  };
  for (const entry of zipFiles(bytes, { ...limits, file, choose })) {
    if (!entry) {
      yield undefined;
      continue;
    }
    const [name, content] = entry;
    yield [name.slice(0, -suffix.length), readNpy(content, `${file}: ${name}`)];
  }
}

/**
 * Writes arrays as a `.npz` file for `np.load`, in the order of the map. The same arrays always give the same bytes.
 *
 * @throws InvalidArgumentError when a name is empty
 * @throws ShapeError when an array's length does not match its shape
 */
export function writeNpz(arrays: NamedArrays, options: WriteNpzOptions = {}): Uint8Array {
  checkOptions("writeNpz", options, writeNames);
  const { compress = false } = options;
  const files: Zippable = {};
  for (const [name, array] of arrays) {
    if (name === "") throw new InvalidArgumentError("arrays", "expected names, received an empty one");
    files[name + suffix] = [writeNpy(array), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) }];
  }
  return zipSync(files);
}
