/** A checkpoint as files, and back. */

import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../core/state.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import { LIBRARY_VERSION } from "./library-version.js";
import { FORMAT_VERSION, MANIFEST_FILE, type Manifest, readManifest, writeManifest } from "./manifest.js";
import { readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.js";
import { sha256 } from "./sha256.js";
import { type JsonValue, joinState, splitState } from "./state-tree.js";

/** Name of the file that holds all typed arrays. */
export const STATE_FILE = "state.safetensors";

/** Contents of a checkpoint. */
export interface Checkpoint {
  /** What was saved, e.g. `"ppo"`; checked when it is loaded. */
  kind: string;
  /** Options of what was saved. */
  config: StateRecord;
  /** Steps, updates, episodes, for those who look into the manifest; default none. */
  counters?: StateRecord;
  /** Everything that decides what happens next: weights, optimiser, generators, environments. */
  state: StateRecord;
  /** When it was made, as ISO 8601; default now. */
  created?: string;
  /** Version of the library that made it; set by {@link encodeCheckpoint}. */
  libraryVersion?: string;
}

/** Options of {@link decodeCheckpoint}. */
export interface DecodeCheckpointOptions {
  /** The kind that is expected; default: any. */
  kind?: string;
}

/** Files of a checkpoint by name. `manifest.json` comes last: write them in this order. */
export type CheckpointFiles = Map<string, Uint8Array>;

/**
 * Writes a checkpoint as two files: `state.safetensors` with all typed arrays, and `manifest.json`
 * with everything else and the SHA-256 of both. Numbers and arrays survive bit by bit, `NaN`,
 * infinities and `-0` included.
 *
 * @example
 * ```ts
 * const files = await encodeCheckpoint({ kind: "ppo", config, counters: { steps: 10 }, state });
 * const { state } = await decodeCheckpoint(files, { kind: "ppo" });
 * ```
 * @throws InvalidArgumentError when a part holds something else than plain values and typed arrays
 * @throws CheckpointError when the arrays take 2 GiB or more
 */
export async function encodeCheckpoint(checkpoint: Checkpoint): Promise<CheckpointFiles> {
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
  const bytes = writeSafetensors(new Map(tensors));
  const manifest = await writeManifest({
    formatVersion: FORMAT_VERSION,
    libraryVersion: LIBRARY_VERSION,
    kind,
    created,
    ...parts,
    files: { [STATE_FILE]: { bytes: bytes.length, sha256: await sha256(bytes, STATE_FILE) } },
  });
  return new Map([
    [STATE_FILE, bytes],
    [MANIFEST_FILE, manifest],
  ]);
}

/**
 * Reads what {@link encodeCheckpoint} wrote. Files that the manifest does not name are ignored.
 *
 * @throws CheckpointError naming the file and field when a file is missing or was changed in any way,
 *   or the checkpoint is of another format version or kind
 */
export async function decodeCheckpoint(
  files: ReadonlyMap<string, Uint8Array>,
  { kind }: DecodeCheckpointOptions = {},
): Promise<Required<Checkpoint>> {
  const manifest = await readManifest(fileOf(files, MANIFEST_FILE));
  if (kind !== undefined && manifest.kind !== kind) {
    throw new CheckpointError(
      `${MANIFEST_FILE}: field "kind": expected "${kind}", this checkpoint is of "${manifest.kind}"`,
    );
  }
  if (Object.keys(manifest.files).join() !== STATE_FILE) {
    throw new CheckpointError(`${MANIFEST_FILE}: field "files": expected ${STATE_FILE} alone`);
  }
  const bytes = fileOf(files, STATE_FILE);
  await checkFile(STATE_FILE, bytes, manifest);
  const { libraryVersion, created, config, counters, state } = manifest;
  const tensors = [...readSafetensors(bytes, STATE_FILE)];
  const arrays = new Map(tensors.map(([name, { data }]) => [name, data]));
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
 * Saves a checkpoint in a store.
 *
 * @returns where it is
 * @example
 * ```ts
 * await writeCheckpoint(store, "last", { kind: "ppo", config, state: trainer.getState() });
 * const { state } = await readCheckpoint(store, "last", { kind: "ppo" });
 * ```
 * @throws InvalidArgumentError when a part holds something else than plain values and typed arrays
 * @throws CheckpointError when it cannot be written
 */
export async function writeCheckpoint(
  store: CheckpointStore,
  name: string,
  checkpoint: Checkpoint,
): Promise<string> {
  return store.write(name, await encodeCheckpoint(checkpoint));
}

/**
 * Loads a checkpoint from a store.
 *
 * @throws CheckpointError naming the checkpoint, file and field when it is missing, damaged or of
 *   another kind
 */
export async function readCheckpoint(
  store: CheckpointStore,
  name: string,
  options?: DecodeCheckpointOptions,
): Promise<Required<Checkpoint>> {
  const files = await store.read(name);
  try {
    return await decodeCheckpoint(files, options);
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    throw new CheckpointError(`checkpoint "${name}": ${cause.message}`, { cause });
  }
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes) return bytes;
  throw new CheckpointError(
    `${name}: the file is missing; there are: ${[...files.keys()].join(", ") || "none"}`,
  );
}

async function checkFile(name: string, bytes: Uint8Array, manifest: Manifest): Promise<void> {
  const expected = manifest.files[name];
  if (bytes.length !== expected.bytes) {
    throw new CheckpointError(`${name}: expected ${expected.bytes} bytes, there are ${bytes.length}`);
  }
  if ((await sha256(bytes, name)) !== expected.sha256) {
    throw new CheckpointError(`${name}: it was changed or damaged (its SHA-256 is not the manifest's)`);
  }
}
