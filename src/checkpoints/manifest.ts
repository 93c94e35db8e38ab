/** `manifest.json`: description of a checkpoint and of its files. */

import { CheckpointError } from "../core/errors.js";
import { sha256 } from "./sha256.js";
import { checkDepth, type JsonValue } from "./state-tree.js";

/** Name of the manifest's file. */
export const MANIFEST_FILE = "manifest.json";

/** Version of the format that this library writes, and the only one that it reads. */
export const FORMAT_VERSION = 1;

/** Maximum bytes of a manifest: it is read as a whole before its hash can be checked. */
export const LONGEST_MANIFEST = 64 * 2 ** 20;

/** Contents of a manifest, except its own hash. */
export interface Manifest {
  /** Version of the format. */
  formatVersion: number;
  /** Version of the library that wrote it. */
  libraryVersion: string;
  /** What was saved, e.g. `"ppo"`. */
  kind: string;
  /** Time of creation, as ISO 8601 in UTC. */
  created: string;
  /** Options of what was saved, as {@link SplitState.json}. */
  config: JsonValue;
  /** Steps, updates, episodes, as {@link SplitState.json}. */
  counters: JsonValue;
  /** Everything else, as {@link SplitState.json}. */
  state: JsonValue;
  /** The other files by name. */
  files: Record<string, { bytes: number; sha256: string }>;
}

const forms: { [Field in keyof Manifest]: [string, (value: unknown) => boolean] } = {
  formatVersion: [`${FORMAT_VERSION}`, (value) => value === FORMAT_VERSION],
  libraryVersion: ["a text", isText],
  kind: ["a text", isText],
  created: ["a date", (value) => isText(value) && !Number.isNaN(Date.parse(value))],
  config: ["an object", isRecord],
  counters: ["an object", isRecord],
  state: ["an object", isRecord],
  files: ["{ name: { bytes, sha256 } }", (value) => isRecord(value) && Object.values(value).every(isFile)],
};

// The last field is the hash of all bytes before its own comma.
const ending = (hash: string) => `,\n  "sha256": "${hash}"\n}\n`;
const ENDING = /,\n {2}"sha256": "([0-9a-f]{64})"\n\}\n$/;

/**
 * Encodes a manifest. Its last field, `sha256`, protects the text before it.
 *
 * @throws CheckpointError when it would be longer than {@link LONGEST_MANIFEST}
 */
export function writeManifest(manifest: Manifest): Uint8Array {
  const body = JSON.stringify(manifest, null, 2).replace(/\n\}$/, "");
  const hash = sha256(new TextEncoder().encode(body));
  const bytes = new TextEncoder().encode(body + ending(hash));
  if (bytes.length <= LONGEST_MANIFEST) return bytes;
  throw new CheckpointError(
    `${MANIFEST_FILE}: it would take ${bytes.length} bytes, at most ${LONGEST_MANIFEST} can be read: keep long lists of numbers in typed arrays`,
  );
}

/**
 * Decodes and validates a manifest.
 *
 * @throws CheckpointError when it is truncated, changed, of another format version, or a field is missing,
 *   unknown or of another type
 */
export function readManifest(bytes: Uint8Array): Manifest {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${MANIFEST_FILE}: it is cut or damaged (no valid JSON)`, { cause });
  }
  if (!isRecord(parsed)) throw new CheckpointError(`${MANIFEST_FILE}: expected an object`);
  checkDepth(parsed as JsonValue, MANIFEST_FILE);
  const { sha256: hash, ...manifest } = parsed;
  if (manifest.formatVersion !== FORMAT_VERSION && Number.isInteger(manifest.formatVersion)) {
    throw new CheckpointError(
      `${MANIFEST_FILE}: format version ${manifest.formatVersion}, written by version ${manifest.libraryVersion} of the library; this one reads format version ${FORMAT_VERSION}`,
    );
  }
  for (const [field, [expected, fits]] of Object.entries(forms)) {
    if (!Object.hasOwn(manifest, field)) {
      throw new CheckpointError(`${MANIFEST_FILE}: the field "${field}" is missing`);
    }
    if (!fits(manifest[field])) {
      throw new CheckpointError(`${MANIFEST_FILE}: field "${field}": expected ${expected}`);
    }
  }
  const extra = Object.keys(manifest).find((field) => !Object.hasOwn(forms, field));
  if (extra !== undefined) throw new CheckpointError(`${MANIFEST_FILE}: unknown field "${extra}"`);
  const body = text.replace(ENDING, "");
  if (body === text || sha256(new TextEncoder().encode(body)) !== hash) {
    throw new CheckpointError(`${MANIFEST_FILE}: it was changed or damaged (field "sha256" does not match)`);
  }
  return manifest as unknown as Manifest;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFile(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "bytes,sha256") return false;
  const { bytes, sha256: hash } = value;
  return Number.isSafeInteger(bytes) && typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash);
}
