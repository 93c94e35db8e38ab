import { describe, expect, it } from "vitest";
import {
  type CheckpointStore,
  decodeCheckpoint,
  encodeCheckpoint,
  inspectCheckpoint,
  MemoryCheckpointStore,
  readCheckpoint,
  writeCheckpoint,
} from "../../src/checkpoints/index.js";
import { LONGEST_PIECE, piecesOf, withYields } from "../../src/checkpoints/pieces.js";
import { CheckpointError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { inPieces, wholeFiles } from "./whole-files.js";

const large = () => Uint8Array.from({ length: 2 * LONGEST_PIECE + 5 }, (_, i) => (i * 7) >> 3);
const checkpoint = (state: object) => ({ kind: "test", config: { a: 1 }, state: { ...state } });

describe("files in pieces", () => {
  it("are views of large arrays, none longer than 4 MB, and few for many small ones", () => {
    const small = Array.from({ length: 1000 }, (_, i) => Float64Array.of(i));
    const bytes = large();
    const pieces = [...piecesOf([...small, bytes, Uint8Array.of(7), new Uint8Array(0)])];
    expect(pieces).toHaveLength(5);
    expect(pieces[0]).toEqual(new Uint8Array(Float64Array.from({ length: 1000 }, (_, i) => i).buffer));
    for (const piece of pieces.slice(1, 4)) expect(piece.buffer).toBe(bytes.buffer);
    expect(pieces.slice(1).map(({ length }) => length)).toEqual([LONGEST_PIECE, LONGEST_PIECE, 5, 1]);
  });

  it("cover arrays beyond 2 GB", () => {
    const array = new Float64Array(2 ** 28 + 3); // its pages are never accessed
    let end = 0;
    for (const piece of piecesOf([array])) {
      expect(piece.byteOffset).toBe(end);
      end += piece.length;
    }
    expect(end).toBe(2 ** 31 + 24);
  });

  it("yield to the event loop", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const piece = new Uint8Array(1);
    function* slow() {
      for (const start = performance.now(); performance.now() - start < 400; ) yield piece;
    }
    for await (const _ of withYields(slow()));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("result in the same checkpoint, whatever their length", async () => {
    const random = new Random(4);
    const weights = Float32Array.from({ length: 999 }, () => random.normal());
    const state = { weights, bytes: Uint8Array.of(1, 2), none: new Int32Array(0) };
    const files = await wholeFiles(encodeCheckpoint(checkpoint(state)));
    for (const length of [
      1,
      2,
      3,
      7,
      8,
      9,
      100,
      1000,
      ...Array.from({ length: 20 }, () => 1 + random.integer(500)),
    ]) {
      const back = await decodeCheckpoint(inPieces(files, length));
      expect(back.state).toStrictEqual(state);
    }
  });

  it("must be read in order", async () => {
    const files = encodeCheckpoint(checkpoint({ step: 1 }));
    const manifest = [...files].at(-1)?.[1] as AsyncIterable<Uint8Array>;
    await expect(manifest[Symbol.asyncIterator]().next()).rejects.toThrow(/take the files in order/);
    expect((await wholeFiles(files)).size).toBe(2);
    expect((await wholeFiles(files)).size).toBe(2); // and can be read again
  });
});

describe("arrays that are read into given arrays", () => {
  const frames = large();
  const state = { memory: { frames: [frames, Uint8Array.of(1)] }, weights: Float32Array.of(1, 2) };
  const saved = async () => {
    const store = new MemoryCheckpointStore();
    await writeCheckpoint(store, "run", checkpoint(state));
    return store;
  };

  it("are stored there, the others in new ones", async () => {
    const place = new Uint8Array(frames.length + 2);
    const asked: string[] = [];
    const { state: back } = await readCheckpoint(await saved(), "run", {
      prepare: (config) => (path, dtype, length) => {
        expect(config).toEqual({ a: 1 });
        asked.push(`${path.join(".")} ${dtype} ${length}`);
        return length > 100 ? place.subarray(1, length + 1) : undefined;
      },
    });
    expect(asked.sort()).toEqual([
      `memory.frames.0 uint8 ${frames.length}`,
      "memory.frames.1 uint8 1",
      "weights float32 2",
    ]);
    const [placed, ...others] = (back as typeof state).memory.frames;
    expect(placed.buffer).toBe(place.buffer);
    expect(Buffer.compare(placed, frames)).toBe(0);
    expect([others, back.weights]).toEqual([[Uint8Array.of(1)], state.weights]);
    expect([place[0], place.at(-1)]).toEqual([0, 0]);
  });

  it("are unchanged when anything about the checkpoint is invalid", async () => {
    const random = new Random(8);
    const files = await wholeFiles(await (await saved()).read("run"));
    for (let i = 0; i < 30; i++) {
      const name = [...files.keys()][random.integer(2)];
      const bytes = (files.get(name) as Uint8Array).slice();
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
      const store = new MemoryCheckpointStore();
      await store.write("run", inPieces(new Map(files).set(name, bytes)));
      const prepare = () => expect.unreachable();
      await expect(readCheckpoint(store, "run", { prepare })).rejects.toBeInstanceOf(CheckpointError);
    }
  });

  it("are rejected when the checkpoint changes between check and read", async () => {
    const [first, second] = [await saved(), new MemoryCheckpointStore()];
    const other = await wholeFiles(await first.read("run"));
    const bytes = other.get("state.safetensors") as Uint8Array;
    bytes[bytes.length - 1] ^= 1;
    await second.write("run", inPieces(other));
    const reads = [first, second];
    const read: CheckpointStore["read"] = (name) => (reads.shift() as MemoryCheckpointStore).read(name);
    const store = Object.assign(new MemoryCheckpointStore(), { read });
    await expect(readCheckpoint(store, "run", { prepare: () => () => undefined })).rejects.toThrow(/SHA-256/);
  });
});

it("inspectCheckpoint returns everything but the state, and verifies that as well", async () => {
  const files = await wholeFiles(encodeCheckpoint(checkpoint({ weights: large() })));
  const { created, libraryVersion, ...rest } = await inspectCheckpoint(inPieces(files));
  expect(rest).toEqual({ kind: "test", config: { a: 1 }, counters: {} });
  const bytes = files.get("state.safetensors") as Uint8Array;
  bytes[bytes.length >> 1] ^= 1;
  await expect(inspectCheckpoint(inPieces(files))).rejects.toThrow(/SHA-256/);
});
