/** Reader and writer of numpy's archives of arrays. */

import { type Zippable, zipSync } from "fflate";
import type { SafeTensor } from "../checkpoints/safetensors.js";
import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import { readNpy, writeNpy } from "./npy.js";
import type { NamedArrays } from "./transfer.js";
import { readZip } from "./zip.js";

/** Options of {@link writeNpz}. */
export interface WriteNpzOptions {
  /** Whether to deflate, as `np.savez_compressed` does; default false, as `np.savez`. */
  compress?: boolean;
}

const suffix = ".npy";

/**
 * Reads the arrays of a `.npz` file by name, in the order of the file: types `f2`, `f4`, `f8`, `i4`, `i8`, `u1`, `u4`
 * and `b1`, little-endian, in C or Fortran order (results are row by row). `f2` becomes float32, `i8` float64.
 *
 * @param file name used in error messages
 * @throws CheckpointError when the file is damaged or holds something else
 *
 * @example
 * ```ts
 * const arrays = readNpz(await readFile("weights.npz")); // np.savez("weights.npz", kernel=w)
 * arrays.get("kernel"); // { shape: [3, 4], data: Float32Array(12) }
 * ```
 */
export function readNpz(bytes: Uint8Array, file = "npz"): Map<string, SafeTensor> {
  const arrays = new Map<string, SafeTensor>();
  for (const [name, content] of readZip(bytes, file)) {
    if (!name.endsWith(suffix)) throw new CheckpointError(`${file}: ${name} is not an npy file`);
    arrays.set(name.slice(0, -suffix.length), readNpy(content, `${file}: ${name}`));
  }
  return arrays;
}

/**
 * Writes arrays as a `.npz` file for `np.load`, in the order of the map. The same arrays always give the same bytes.
 *
 * @throws InvalidArgumentError when a name is empty · @throws ShapeError when an array's length is not that of its shape
 */
export function writeNpz(arrays: NamedArrays, { compress = false }: WriteNpzOptions = {}): Uint8Array {
  const files: Zippable = {};
  for (const [name, array] of arrays) {
    if (name === "") throw new InvalidArgumentError("arrays", "expected names, received an empty one");
    files[name + suffix] = [writeNpy(array), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) }];
  }
  return zipSync(files);
}
