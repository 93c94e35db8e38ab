import { describe, expect, it } from "vitest";
import { version } from "../../package.json";
import {
  type Checkpoint,
  decodeCheckpoint as decodePieces,
  encodeCheckpoint as encodePieces,
  readCheckpoint,
  STATE_FILE,
  writeCheckpoint,
} from "../../src/checkpoints/checkpoint.js";
import { LIBRARY_VERSION } from "../../src/checkpoints/library-version.js";
import { MANIFEST_FILE, type Manifest, writeManifest } from "../../src/checkpoints/manifest.js";
import { MemoryCheckpointStore } from "../../src/checkpoints/memory-checkpoint-store.js";
import { writeSafetensors } from "../../src/checkpoints/safetensors.js";
import { sha256 } from "../../src/checkpoints/sha256.js";
import { CheckpointError, InvalidArgumentError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { inPieces, type WholeFiles, wholeFiles } from "./whole-files.js";

const encodeCheckpoint = (checkpoint: Checkpoint) => wholeFiles(encodePieces(checkpoint));
const decodeCheckpoint = (files: WholeFiles) => decodePieces(inPieces(files));

const sample: Checkpoint = {
  kind: "ppo",
  config: { gamma: 0.99, clipRange: "lin_0.1", targetKl: Number.POSITIVE_INFINITY, layers: [64, 64] },
  counters: { timesteps: 1_234_567_890_123, updates: 7 },
  state: {
    weights: [Float32Array.of(1.5, Number.NaN, -0), Float32Array.of(0.1)],
    frames: Uint8Array.from({ length: 300 }, (_, i) => i),
    random: new Random(3).getState(),
    words: Uint32Array.of(2 ** 32 - 1),
    kl: { coefficient: 0.2, last: Number.NaN, zero: -0 },
    envs: [{ name: "ä \u2028", alive: true, extra: null }],
    statistics: Float64Array.of(Math.PI),
  },
  created: "2025-01-02T03:04:05.678Z",
};

describe("checkpoints", () => {
  it("restore every kind of value bit by bit", async () => {
    const back = await decodeCheckpoint(await encodeCheckpoint(sample));
    expect(back).toStrictEqual({ ...sample, libraryVersion: LIBRARY_VERSION });
  });

  it("have equal bytes for equal contents, with the manifest last", async () => {
    const [one, two] = [await encodeCheckpoint(sample), await encodeCheckpoint(sample)];
    expect(one).toEqual(two);
    expect([...one.keys()]).toEqual([STATE_FILE, MANIFEST_FILE]);
  });

  it("contain the library's version and the time", async () => {
    const before = Date.now();
    const { created, libraryVersion } = await decodeCheckpoint(
      await encodeCheckpoint({ ...sample, created: undefined }),
    );
    expect(Date.parse(created)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(created)).toBeLessThanOrEqual(Date.now());
    expect([libraryVersion, LIBRARY_VERSION]).toEqual([version, version]);
  });

  it("have a human-readable manifest", async () => {
    const text = new TextDecoder().decode((await encodeCheckpoint(sample)).get(MANIFEST_FILE));
    const manifest = JSON.parse(text);
    expect(manifest).toMatchObject({ formatVersion: 1, kind: "ppo", config: { gamma: 0.99 } });
    expect(manifest.state.weights[1]).toEqual({ $array: "state.weights.1" });
  });

  it("accept missing counters", async () => {
    const { counters: _, ...rest } = sample;
    expect((await decodeCheckpoint(await encodeCheckpoint(rest))).counters).toEqual({});
  });

  it("ignore other files", async () => {
    const files = (await encodeCheckpoint(sample)).set("notes.txt", Uint8Array.of(1));
    expect((await decodeCheckpoint(files)).kind).toBe("ppo");
  });

  it("reject values that they cannot contain", () => {
    expect(() => encodePieces({ ...sample, kind: "" })).toThrow(InvalidArgumentError);
    const state = { f: (() => 1) as never };
    expect(() => encodePieces({ ...sample, state })).toThrow(/^checkpoint\.state\.f: expected plain values/);
  });

  it("can be written to and read from a store", async () => {
    const store = new MemoryCheckpointStore();
    expect(await writeCheckpoint(store, "last", sample)).toBe("last");
    expect((await readCheckpoint(store, "last", { kind: "ppo" })).state).toStrictEqual(sample.state);
    await expect(readCheckpoint(store, "last", { kind: "dqn" })).rejects.toThrow(
      /checkpoint "last": manifest\.json: field "kind": expected "dqn".*"ppo"/,
    );
    await expect(readCheckpoint(store, "first")).rejects.toThrow(CheckpointError);
  });
});

describe("damaged checkpoints", () => {
  async function expectRefused(files: WholeFiles, message?: RegExp): Promise<void> {
    const error = await decodeCheckpoint(files).then(
      () => new Error("it was accepted"),
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(/manifest\.json|state\.safetensors/);
    if (message) expect(error.message).toMatch(message);
  }

  it("are rejected: 200 random damages", async () => {
    const random = new Random(11);
    const whole = await encodeCheckpoint(sample);
    for (let i = 0; i < 200; i++) {
      const file = random.integer(2) ? STATE_FILE : MANIFEST_FILE;
      const damaged = damage(whole.get(file) as Uint8Array, random);
      await expectRefused(new Map(whole).set(file, damaged));
    }
    expect((await decodeCheckpoint(whole)).kind).toBe("ppo");
  });

  it("are rejected with any bit of the manifest's hash or numbers flipped", async () => {
    const whole = await encodeCheckpoint({ ...sample, state: {} });
    const manifest = whole.get(MANIFEST_FILE) as Uint8Array;
    for (let at = 0; at < manifest.length; at++) {
      const flipped = manifest.slice();
      flipped[at] ^= 1 << (at % 8);
      await expectRefused(new Map(whole).set(MANIFEST_FILE, flipped));
    }
  });

  it("name the file that is missing, truncated or changed", async () => {
    for (const file of [STATE_FILE, MANIFEST_FILE]) {
      const files = await encodeCheckpoint(sample);
      files.delete(file);
      await expectRefused(files, new RegExp(`^${file}: the file is missing`));
    }
    const files = await encodeCheckpoint(sample);
    const state = files.get(STATE_FILE) as Uint8Array;
    await expectRefused(
      new Map(files).set(STATE_FILE, state.slice(0, 100)),
      /state\.safetensors: expected \d+ bytes, there are 100/,
    );
    await expectRefused(
      new Map(files).set(STATE_FILE, state.slice().fill(1, 500, 501)),
      /state\.safetensors: .*SHA-256/,
    );
    await expectRefused(new Map(files).set(MANIFEST_FILE, new Uint8Array(0)), /manifest\.json: it is cut/);
    await expectRefused(
      new Map(files).set(MANIFEST_FILE, new TextEncoder().encode("[]")),
      /manifest\.json: expected an object/,
    );
  });

  // A manifest with a valid hash of invalid contents.
  async function forged(change: (manifest: Record<string, unknown>) => object): Promise<WholeFiles> {
    const files = await encodeCheckpoint(sample);
    const { sha256: _, ...manifest } = JSON.parse(new TextDecoder().decode(files.get(MANIFEST_FILE)));
    return files.set(MANIFEST_FILE, writeManifest(change(manifest) as Manifest));
  }

  it.each<[string, (manifest: Record<string, unknown>) => object, RegExp]>([
    [
      "another format version",
      (m) => ({ ...m, formatVersion: 2 }),
      /format version 2.*reads format version 1/,
    ],
    ["no format version", ({ formatVersion: _, ...m }) => m, /"formatVersion" is missing/],
    ["a missing field", ({ counters: _, ...m }) => m, /"counters" is missing/],
    ["an unknown field", (m) => ({ ...m, owner: "me" }), /unknown field "owner"/],
    ["a kind that is no text", (m) => ({ ...m, kind: 5 }), /field "kind": expected a text/],
    ["a date that is none", (m) => ({ ...m, created: "yesterday" }), /field "created": expected a date/],
    ["a list as its state", (m) => ({ ...m, state: [] }), /field "state": expected an object/],
    ["a malformed file list", (m) => ({ ...m, files: { [STATE_FILE]: { bytes: 1 } } }), /field "files"/],
    ["no files", (m) => ({ ...m, files: {} }), /field "files": expected state\.safetensors alone/],
    [
      "a reference to a missing array",
      (m) => ({ ...m, counters: { a: { $array: "b" } } }),
      /manifest\.json.*counters\.a.*no array "b"/,
    ],
    ["an array that is not referred to", (m) => ({ ...m, state: {} }), /array "state\..*does not belong/],
    ["an unknown mark", (m) => ({ ...m, config: { $eval: "1" } }), /unknown mark "\$eval"/],
    ["a config that is a number in disguise", (m) => ({ ...m, config: { $number: "NaN" } }), /config/],
  ])("with %s", async (_, change, message) => {
    await expectRefused(await forged(change), message);
  });

  it("with malformed arrays whose hash in the manifest is valid", async () => {
    const bytes = writeSafetensors(new Map([["x", { shape: [1], data: Uint8Array.of(1) }]])).slice(0, -1);
    const files = await forged((m) => ({
      ...m,
      files: { [STATE_FILE]: { bytes: bytes.length, sha256: "0".repeat(64) } },
    }));
    await expectRefused(new Map(files).set(STATE_FILE, bytes), /SHA-256/);
    const hash = sha256(bytes);
    const vouched = await forged((m) => ({
      ...m,
      files: { [STATE_FILE]: { bytes: bytes.length, sha256: hash } },
    }));
    await expectRefused(new Map(vouched).set(STATE_FILE, bytes), /state\.safetensors: tensor "x"/);
  });
});

// Truncates, flips, adds, removes or doubles some bytes; always changes the file.
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(bytes.length);
  const end = at + 1 + random.integer(Math.min(40, bytes.length - at));
  const without = [...bytes.subarray(0, at), ...bytes.subarray(end)];
  switch (random.integer(5)) {
    case 0:
      return bytes.slice(0, at);
    case 1: {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << random.integer(8);
      return flipped;
    }
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), random.integer(256), ...bytes.subarray(at)]);
    case 3:
      return Uint8Array.from(without);
    default:
      return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
  }
}
