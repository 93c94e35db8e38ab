/** The files of the ncps Atari data sets: one sequence each, `train_*.npz` and `val_*.npz`. */

import { zipSync } from "fflate";
import { writeNpy } from "../bridges/npy.js";
import { readNpzAsync } from "../bridges/npz.js";
import { checkLimit } from "../checkpoints/zip-directory.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { DatasetError, ShapeError } from "../core/errors.js";
import { dtypeOf, sizeOf } from "../core/state.js";

/** The splits of a data set: for training and for validation. */
export type CloningSplit = "train" | "val";

/** Consecutive frames, and the expert's action at each of them. */
export interface CloningSequence {
  /** `[steps, ...shape]` bytes. */
  observations: Uint8Array;
  /** `[steps]`. */
  actions: Int32Array;
  /** Shape of one observation, `[84, 84, 4]` in the published data. */
  shape: readonly number[];
}

const EPOCH = new Date(1980, 0, 1); // the zip format's first day: files depend only on their content
const HIGHEST = 2 ** 31 - 1; // of an Int32Array
const TYPE_AT = "\x93NUMPY\x01\x00HH{'descr': '<".length;

/** Name of the file of the i-th sequence of a split, e.g. `train_00007.npz`. */
export function cloningFileName(split: CloningSplit, i: number): string {
  return `${split}_${String(i).padStart(5, "0")}.npz`;
}

/** Options of {@link readCloningSequence}. */
export interface ReadCloningOptions {
  /** Maximum bytes of one unpacked sequence, default 128 MiB: some 4,700 stacked Atari frames. */
  maxSequenceBytes?: number;
}

const names = optionNames<ReadCloningOptions>({
  maxSequenceBytes: true,
});

/** Default of `maxSequenceBytes`. */
export const MAX_SEQUENCE_BYTES = 128 * 2 ** 20;

/**
 * Reads one sequence: arrays `obs`, uint8 `[steps, height, width, channels]`, and `actions`, integers `[steps]`.
 * Other arrays of the file are not unpacked. Yields to the event loop.
 *
 * @param file name used in error messages
 * @throws DatasetError when the file is damaged, contains something else, or is larger than `maxSequenceBytes`
 */
export async function readCloningSequence(
  bytes: Uint8Array,
  file = "npz",
  options: ReadCloningOptions = {},
): Promise<CloningSequence> {
  checkOptions("readCloningSequence", options, names);
  const { maxSequenceBytes = MAX_SEQUENCE_BYTES } = options;
  checkLimit("maxSequenceBytes", maxSequenceBytes);
  let arrays: Awaited<ReturnType<typeof readNpzAsync>>;
  try {
    // Still pictures compress as well as the format allows, so only the size is limited.
    const limits = { maxBytes: maxSequenceBytes, maxRatio: Number.POSITIVE_INFINITY };
    arrays = await readNpzAsync(bytes, file, { ...limits, names: ["obs", "actions"] });
  } catch (cause) {
    const message = (cause as Error).message.replace("raise maxBytes", "raise maxSequenceBytes");
    throw new DatasetError(message, { cause });
  }
  const obs = arrays.get("obs");
  const actions = arrays.get("actions");
  if (!obs || !actions) {
    throw new DatasetError(
      `${file}: expected arrays obs and actions, there are: ${[...arrays.keys()].join(", ") || "none"}`,
    );
  }
  const [steps, ...shape] = obs.shape;
  if (!(obs.data instanceof Uint8Array) || obs.shape.length !== 4 || obs.data.length === 0) {
    throw new DatasetError(
      `${file}: obs: expected uint8 [steps, height, width, channels], received ${dtypeOf(obs.data)} [${obs.shape.join(", ")}]`,
    );
  }
  if (actions.shape.length !== 1 || actions.shape[0] !== steps) {
    throw new DatasetError(
      `${file}: actions: expected shape [${steps}], one for each frame, received [${actions.shape.join(", ")}]`,
    );
  }
  if (!actions.data.every((action) => Number.isInteger(action) && action >= 0 && action <= HIGHEST)) {
    throw new DatasetError(`${file}: actions: expected whole numbers from 0 on, of 31 bits`);
  }
  return { observations: obs.data, actions: Int32Array.from(actions.data), shape };
}

/**
 * Writes one sequence in the format of the published files: `obs` uint8, `actions` int64. The same sequence always
 * gives the same bytes.
 *
 * @throws ShapeError when there is not one observation for each action
 */
export function writeCloningSequence({ observations, actions, shape }: CloningSequence): Uint8Array {
  const steps = actions.length;
  if (observations.length !== steps * sizeOf(shape)) {
    throw new ShapeError("observations", `[${steps}, ${shape.join(", ")}]`, [observations.length]);
  }
  const int64 = new Float64Array(BigInt64Array.from(actions, (action) => BigInt(action)).buffer);
  const actionFile = writeNpy({ shape: [steps], data: int64 });
  actionFile[TYPE_AT] = "i".charCodeAt(0); // "<f8" to "<i8": the bytes are integers
  return zipSync({
    "obs.npy": [writeNpy({ shape: [steps, ...shape], data: observations }), { level: 6, mtime: EPOCH }],
    "actions.npy": [actionFile, { level: 6, mtime: EPOCH }],
  });
}
