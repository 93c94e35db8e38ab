/** Encoding of a checkpoint as files, and decoding. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import {
  createTypedArray,
  type DType,
  isTypedArray,
  type StateRecord,
  type StateTree,
  type TypedArray,
} from "../core/state.js";
import type { CheckpointFiles, CheckpointStore } from "./checkpoint-store.js";
import { LIBRARY_VERSION } from "./library-version.js";
import {
  FORMAT_VERSION,
  LONGEST_MANIFEST,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  writeManifest,
} from "./manifest.js";
import { type Pieces, piecesOf, readWhole, withYields } from "./pieces.js";
import { layOut, type SafeTensor } from "./safetensors-header.js";
import { type Placing, SafetensorsReader } from "./safetensors-reader.js";
import { startSha256 } from "./sha256.js";
import { arrayPaths, type JsonValue, joinState, splitState } from "./state-tree.js";

/** Name of the file with all typed arrays. */
export const STATE_FILE = "state.safetensors";

/** Contents of a checkpoint. */
export interface Checkpoint {
  /** What was saved, e.g. `"ppo"`; checked when it is loaded. */
  kind: string;
  /** Options of what was saved. */
  config: StateRecord;
  /** Steps, updates, episodes, for readers of the manifest; default none. */
  counters?: StateRecord;
  /** The complete training state: weights, optimizer, generators, environments. */
  state: StateRecord;
  /** Time of creation, as ISO 8601; default now. */
  created?: string;
  /** Version of the library that wrote it; set by {@link encodeCheckpoint}. */
  libraryVersion?: string;
}

/**
 * Returns an array of this type and length to read an array of the state into; undefined: a new one; `"skip"`: it is not
 * read and is empty in the state. `path` is its path in the state, e.g. `["memory", "frames", "0", "2"]`.
 */
export type ArrayPlace = (
  path: readonly string[],
  dtype: DType,
  length: number,
) => TypedArray | "skip" | undefined;

/** Options of {@link inspectCheckpoint}. */
export interface InspectCheckpointOptions {
  /** The expected kind; default: any. */
  kind?: string;
}

const inspectNames = optionNames<InspectCheckpointOptions>({
  kind: true,
});

/** Options of {@link decodeCheckpoint}. */
export interface DecodeCheckpointOptions extends InspectCheckpointOptions {
  /** Where arrays of the state are read to, so that large ones are not in memory twice; default: new ones. */
  place?: ArrayPlace;
}

const decodeNames = optionNames<DecodeCheckpointOptions>({
  place: true,
  kind: true,
});

/** Options of {@link readCheckpoint}. */
export interface ReadCheckpointOptions extends DecodeCheckpointOptions {
  /**
   * Called when the whole checkpoint has been verified, before its state is read; returns where arrays of the state
   * are read to, instead of `place`. With it the files are read twice.
   *
   * @param lengths number of elements of each array of the state, by its path joined with dots
   */
  prepare?(
    config: StateRecord,
    lengths: ReadonlyMap<string, number>,
  ): ArrayPlace | undefined | Promise<ArrayPlace | undefined>;
}

const readNames = optionNames<ReadCheckpointOptions>({
  place: true,
  prepare: true,
  kind: true,
});

/**
 * Encodes a checkpoint as two files: `state.safetensors` with all typed arrays, and `manifest.json` with everything
 * else and the SHA-256 of both. Numbers and arrays are preserved bit by bit, including `NaN`, infinities and `-0`.
 *
 * The files are generated while they are read, in pieces of at most 4 MB, which are views of the state's arrays: arrays
 * may take any number of gigabytes, and must not change before the last piece was used. The manifest can only be read
 * after the other file.
 *
 * @example
 * ```ts
 * const files = encodeCheckpoint({ kind: "ppo", config, counters: { steps: 10 }, state });
 * for (const [name, pieces] of files) for await (const piece of pieces) await upload(name, piece);
 * ```
 * @throws InvalidArgumentError when a part contains something other than plain values and typed arrays
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Map<string, AsyncIterable<Uint8Array>> {
  const { kind, config, counters = {}, state, created = new Date().toISOString() } = checkpoint;
  if (typeof kind !== "string" || kind === "") {
    throw new InvalidArgumentError("kind", `expected a non-empty text, received ${kind}`);
  }
  const { json, arrays } = splitState({ config, counters, state }, "checkpoint");
  const parts = json as Record<"config" | "counters" | "state", JsonValue>;
  const tensors = [...arrays].map(([name, data]): [string, SafeTensor] => [
    name,
    { shape: [data.length], data },
  ]);
  const layout = layOut(new Map(tensors));
  let hash: string | undefined;
  async function* statePieces() {
    const running = startSha256();
    for await (const piece of withYields(piecesOf([layout.head, ...layout.arrays]))) {
      running.update(piece);
      yield piece;
    }
    hash = running.hex();
  }
  async function* manifestPieces() {
    if (hash === undefined) {
      throw new CheckpointError(`${MANIFEST_FILE} was read before ${STATE_FILE}: take the files in order`);
    }
    const files = { [STATE_FILE]: { bytes: layout.byteLength, sha256: hash } };
    const versions = { formatVersion: FORMAT_VERSION, libraryVersion: LIBRARY_VERSION };
    yield writeManifest({ ...versions, kind, created, ...parts, files });
  }
  return new Map([
    [STATE_FILE, { [Symbol.asyncIterator]: statePieces }],
    [MANIFEST_FILE, { [Symbol.asyncIterator]: manifestPieces }],
  ]);
}

/**
 * Decodes the result of {@link encodeCheckpoint}, piece by piece. Files that the manifest does not name are ignored.
 *
 * @throws CheckpointError naming the file and field when a file is missing or was changed in any way,
 *   or the checkpoint has another format version or kind; arrays returned by `place` have undefined contents then
 */
export async function decodeCheckpoint(
  files: CheckpointFiles,
  options: DecodeCheckpointOptions = {},
): Promise<Required<Checkpoint>> {
  checkOptions("decodeCheckpoint", options, decodeNames);
  const { kind, place } = options;
  return decode(files, kind, (path, dtype, length) => place?.(path, dtype, length) ?? "new");
}

/**
 * Verifies a whole checkpoint and describes it, without keeping its state in memory.
 *
 * @throws CheckpointError as {@link decodeCheckpoint} does
 */
export async function inspectCheckpoint(
  files: CheckpointFiles,
  options: InspectCheckpointOptions = {},
): Promise<Omit<Required<Checkpoint>, "state">> {
  checkOptions("inspectCheckpoint", options, inspectNames);
  const { kind } = options;
  const { state: _, ...rest } = await decode(files, kind, () => "skip");
  return rest;
}

async function decode(
  files: CheckpointFiles,
  kind: string | undefined,
  placeState: (path: readonly string[], dtype: DType, length: number) => ReturnType<Placing>,
): Promise<Required<Checkpoint>> {
  const manifest = readManifest(
    await readWhole(fileOf(files, MANIFEST_FILE), LONGEST_MANIFEST, MANIFEST_FILE),
  );
  if (kind !== undefined && manifest.kind !== kind) {
    throw new CheckpointError(
      `${MANIFEST_FILE}: field "kind": expected "${kind}", this checkpoint is of "${manifest.kind}"`,
    );
  }
  if (Object.keys(manifest.files).join() !== STATE_FILE) {
    throw new CheckpointError(`${MANIFEST_FILE}: field "files": expected ${STATE_FILE} alone`);
  }
  const { libraryVersion, created, config, counters, state } = manifest;
  const paths = arrayPaths(state);
  const arrays = await readState(fileOf(files, STATE_FILE), manifest, ({ name, dtype, begin, end }) => {
    const path = paths.get(name);
    if (!path) return "new";
    return placeState(path, dtype, (end - begin) / createTypedArray(dtype, 0).BYTES_PER_ELEMENT);
  });
  const parts = joinState({ json: { config, counters, state }, arrays }, `${MANIFEST_FILE}: checkpoint`);
  return { kind: manifest.kind, libraryVersion, created, ...checkParts(parts) };
}

type Parts = Pick<Required<Checkpoint>, "config" | "counters" | "state">;

function checkParts(parts: StateTree): Parts {
  for (const [field, part] of Object.entries(parts as Parts)) {
    if (typeof part !== "object" || isTypedArray(part)) {
      throw new CheckpointError(`${MANIFEST_FILE}: field "${field}": expected an object`);
    }
  }
  return parts as Parts;
}

/**
 * Saves a checkpoint to a store, in pieces: no array is copied as a whole, and none may change before this is done.
 *
 * @returns where it was written
 * @example
 * ```ts
 * await writeCheckpoint(store, "last", { kind: "ppo", config, state: trainer.getState() });
 * const { state } = await readCheckpoint(store, "last", { kind: "ppo" });
 * ```
 * @throws InvalidArgumentError when a part contains something other than plain values and typed arrays
 * @throws CheckpointError when it cannot be written
 */
export async function writeCheckpoint(
  store: CheckpointStore,
  name: string,
  checkpoint: Checkpoint,
): Promise<string> {
  return store.write(name, encodeCheckpoint(checkpoint));
}

/**
 * Loads a checkpoint from a store, piece by piece: nothing is in memory twice.
 *
 * @throws CheckpointError naming the checkpoint, file and field when it is missing, damaged or of
 *   another kind
 * @example
 * ```ts
 * import { readCheckpoint } from "ncps-ts/checkpoints";
 * import { FileCheckpointStore } from "ncps-ts/node";
 *
 * const { kind, state } = await readCheckpoint(new FileCheckpointStore("runs/cart-pole"), "step-000000081920");
 * ```
 */
export async function readCheckpoint(
  store: CheckpointStore,
  name: string,
  options: ReadCheckpointOptions = {},
): Promise<Required<Checkpoint>> {
  checkOptions("readCheckpoint", options, readNames);
  const { kind, prepare } = options;
  const named = async <Result>(act: (files: CheckpointFiles) => Promise<Result>): Promise<Result> => {
    const files = await store.read(name);
    try {
      return await act(files);
    } catch (cause) {
      if (!(cause instanceof CheckpointError)) throw cause;
      throw new CheckpointError(`checkpoint "${name}": ${cause.message}`, { cause });
    }
  };
  let { place } = options;
  if (prepare) {
    const lengths = new Map<string, number>();
    const measure = (path: readonly string[], _: DType, length: number) => {
      lengths.set(path.join("."), length);
      return "skip" as const;
    };
    const { config } = await named((files) => decode(files, kind, measure));
    place = await prepare(config, lengths);
  }
  return named((files) => decodeCheckpoint(files, { kind, place }));
}

function fileOf(files: CheckpointFiles, name: string): Pieces {
  const pieces = files.get(name);
  if (pieces) return pieces;
  throw new CheckpointError(
    `${name}: the file is missing; there are: ${[...files.keys()].join(", ") || "none"}`,
  );
}

// The file's hash is checked first: a damaged header is then reported as damage, not as an invalid header.
async function readState(
  pieces: Pieces,
  { files }: Manifest,
  place: Placing,
): Promise<Map<string, TypedArray>> {
  const expected = files[STATE_FILE];
  const reader = new SafetensorsReader(expected.bytes, STATE_FILE, place);
  const hash = startSha256();
  let bytes = 0;
  let failure: unknown;
  for await (const piece of withYields(pieces)) {
    bytes += piece.length;
    // An endless file, such as a decompression bomb, is not read to its end.
    if (bytes > expected.bytes) {
      throw new CheckpointError(`${STATE_FILE}: expected ${expected.bytes} bytes, there are more`);
    }
    hash.update(piece);
    try {
      if (!failure) reader.push(piece);
    } catch (error) {
      failure = error;
    }
  }
  if (bytes !== expected.bytes) {
    throw new CheckpointError(`${STATE_FILE}: expected ${expected.bytes} bytes, there are ${bytes}`);
  }
  if (hash.hex() !== expected.sha256) {
    throw new CheckpointError(`${STATE_FILE}: it was changed or damaged (its SHA-256 is not the manifest's)`);
  }
  if (failure) throw failure;
  return new Map([...reader.end()].map(([name, { data }]) => [name, data]));
}
