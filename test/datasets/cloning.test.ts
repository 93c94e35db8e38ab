import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { writeNpy } from "../../src/bridges/npy.js";
import { readNpz } from "../../src/bridges/npz.js";
import { AtariCloningDataset } from "../../src/datasets/atari-cloning.js";
import {
  type CloningSequence,
  cloningFileName,
  readCloningSequence,
  writeCloningSequence,
} from "../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import { readZip } from "../bridges/read-zip.js";

/** Two-by-two frames filled with `value`, with the action `value % 4`. */
function sequenceOf(value: number, steps = 3): CloningSequence {
  return {
    observations: new Uint8Array(steps * 4).fill(value),
    actions: new Int32Array(steps).fill(value % 4),
    shape: [2, 2, 1],
  };
}

async function sourceOf(count: number, steps: (i: number) => number = () => 3): Promise<MemoryCloningSource> {
  const source = new MemoryCloningSource();
  for (let i = 0; i < count; i++) {
    await source.write(cloningFileName("train", i), writeCloningSequence(sequenceOf(i, steps(i))));
  }
  await source.write(cloningFileName("val", 0), writeCloningSequence(sequenceOf(200)));
  return source;
}

describe("the format", () => {
  it("round trip: obs of uint8 and actions of int64, always the same bytes", async () => {
    const sequence: CloningSequence = {
      observations: Uint8Array.from({ length: 2 * 84 * 84 * 4 }, (_, i) => i % 251),
      actions: Int32Array.of(3, 0),
      shape: [84, 84, 4],
    };
    const bytes = writeCloningSequence(sequence);
    expect(await readCloningSequence(bytes)).toEqual(sequence);
    expect(writeCloningSequence(sequence)).toEqual(bytes);
    const arrays = readNpz(bytes);
    expect([...arrays.keys()]).toEqual(["obs", "actions"]);
    expect(arrays.get("obs")?.shape).toEqual([2, 84, 84, 4]);
    const header = (name: string) => Buffer.from(readZip(bytes).get(name)!).toString("latin1");
    expect(header("obs.npy")).toContain("'descr': '|u1'");
    expect(header("actions.npy")).toContain("'descr': '<i8', 'fortran_order': False, 'shape': (2,)");
  });

  const npz = (arrays: Record<string, Parameters<typeof writeNpy>[0]>) =>
    zipSync(
      Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)])),
    );
  const obs = { shape: [2, 2, 2, 1], data: new Uint8Array(8) };
  const actions = { shape: [2], data: new Int32Array(2) };

  it.each([
    ["another array", npz({ obs, labels: actions }), /expected arrays obs and actions, there are: obs$/],
    [
      "floats",
      npz({ obs: { ...obs, data: new Float32Array(8) }, actions }),
      /obs: expected uint8 .* received float32 \[2, 2, 2, 1\]/,
    ],
    [
      "empty frames",
      npz({ obs: { shape: [2, 0, 2, 1], data: new Uint8Array(0) }, actions }),
      /obs: expected .* received uint8 \[2, 0, 2, 1\]/,
    ],
    [
      "actions beyond 31 bits",
      npz({ obs, actions: { shape: [2], data: Float64Array.of(0, 2 ** 31 + 5) } }),
      /actions: expected whole numbers from 0 on/,
    ],
    [
      "a flat array",
      npz({ obs: { shape: [8], data: obs.data }, actions }),
      /obs: expected .* received uint8 \[8\]/,
    ],
    [
      "too many actions",
      npz({ obs, actions: { shape: [3], data: new Int32Array(3) } }),
      /actions: expected shape \[2\].*received \[3\]/,
    ],
    ["half actions", npz({ obs, actions: { shape: [2], data: Float32Array.of(0.5, 1) } }), /whole numbers/],
    ["a cut file", npz({ obs, actions }).slice(0, 150), /cut off or no zip/],
    ["a text", strToU8("<html>not found</html>"), /x\.npz/],
  ])("rejects %s", async (_, bytes, message) => {
    await expect(readCloningSequence(bytes, "x.npz")).rejects.toMatchObject({
      code: "DATASET",
      message: expect.stringMatching(message),
    });
  });

  it("rejects a sequence beyond maxSequenceBytes, and names the option", async () => {
    const bytes = writeCloningSequence(sequenceOf(1, 1000));
    await expect(readCloningSequence(bytes, "x.npz", { maxSequenceBytes: 4000 })).rejects.toMatchObject({
      code: "DATASET",
      message: expect.stringMatching(/at most 4000 are read; raise maxSequenceBytes/),
    });
    await readCloningSequence(bytes, "x.npz", { maxSequenceBytes: 20_000 });
  });

  it("does not unpack other arrays than obs and actions", async () => {
    const extra = { shape: [1000], data: new Float32Array(1000) };
    const bytes = npz({ obs, actions, extra });
    const limited = await readCloningSequence(bytes, "x.npz", { maxSequenceBytes: 1000 });
    expect(limited.actions).toEqual(new Int32Array(2));
  });

  it("rejects a changed byte", async () => {
    const bytes = writeCloningSequence(sequenceOf(7, 50));
    bytes[60] ^= 1;
    await expect(readCloningSequence(bytes, "x.npz")).rejects.toMatchObject({ code: "DATASET" });
  });
});

describe("AtariCloningDataset", () => {
  it("knows its splits", async () => {
    const source = await sourceOf(11);
    const train = await AtariCloningDataset.open(source);
    expect(train.size).toBe(11);
    expect(train.files[10]).toBe("train_00010.npz");
    expect((await train.sequence(10)).observations[0]).toBe(10);
    expect((await AtariCloningDataset.open(source, { split: "val" })).size).toBe(1);
    expect(await train.actionCounts(4)).toEqual([9, 9, 9, 6]);
    await expect(train.actionCounts(3)).rejects.toThrow(/action 3 is none of 3/);
    await expect(train.sequence(11)).rejects.toThrow(/there is no sequence 11: there are 11/);
  });

  it("says what is missing", async () => {
    const source = await sourceOf(0);
    await expect(AtariCloningDataset.open(source)).rejects.toThrow(/could not find data: there is no train_/);
    await expect(AtariCloningDataset.open(source, { split: "test" as "val" })).rejects.toMatchObject({
      code: "DATASET",
    });
  });
});

describe("CloningBatches", () => {
  const open = async (count = 10, steps?: (i: number) => number) =>
    AtariCloningDataset.open(await sourceOf(count, steps));

  async function epoch(batches: ReturnType<AtariCloningDataset["batches"]>): Promise<number[][]> {
    const rows: number[][] = [];
    for (let last = false; !last; ) {
      const batch = await batches.next();
      const size = batch.observations.length / batch.batch;
      rows.push(Array.from({ length: batch.batch }, (_, row) => batch.observations[row * size]));
      ({ last } = batch);
    }
    return rows;
  }

  it("returns every sequence once per epoch, in another order each time, the rest in a small batch", async () => {
    const batches = (await open()).batches({ batchSize: 4, seed: 3 });
    const [first, second] = [await epoch(batches), await epoch(batches)];
    expect(first.map(({ length }) => length)).toEqual([4, 4, 2]);
    for (const each of [first, second]) {
      expect(each.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(first).not.toEqual(second);
    expect(batches.epoch).toBe(2);
    expect(await epoch((await open()).batches({ batchSize: 4, seed: 3 }))).toEqual(first);
    expect(await epoch((await open()).batches({ batchSize: 4, seed: 4 }))).not.toEqual(first);
    const inOrder = await epoch((await open()).batches({ batchSize: 4, shuffle: false }));
    expect(inOrder.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("puts actions and frames of a sequence into the same row", async () => {
    const batch = await (await open()).batches({ batchSize: 10, seed: 1 }).next();
    expect(batch).toMatchObject({ batch: 10, steps: 3, shape: [2, 2, 1], last: true });
    expect(batch.mask).toBeUndefined();
    batch.actions.forEach((action, i) => {
      expect(action).toBe(batch.observations[i * 4] % 4);
    });
  });

  it("masks the steps after the end of shorter sequences", async () => {
    const batch = await (await open(3, (i) => i + 1)).batches({ batchSize: 3, shuffle: false }).next();
    expect(Array.from(batch.mask!)).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1]);
    expect(Array.from(batch.actions)).toEqual([0, 0, 0, 1, 1, 0, 2, 2, 2]);
  });

  it.each([true, false])("continues from its state, prefetch %s", async (prefetch) => {
    const dataset = await open();
    const whole = dataset.batches({ batchSize: 3, seed: 5, prefetch: false });
    const rest: unknown[] = [];
    for (let i = 0; i < 9; i++) rest.push(await whole.next());
    const batches = dataset.batches({ batchSize: 3, seed: 5, prefetch });
    for (let i = 0; i < 9; i++) {
      expect(await batches.next()).toEqual(rest[i]);
      const resumed = dataset.batches({ batchSize: 3, seed: 99, prefetch });
      resumed.setState(batches.getState());
      if (i < 8) expect(await resumed.next()).toEqual(rest[i + 1]);
    }
    const other = (await open(9)).batches({ batchSize: 3 });
    expect(() => other.setState(batches.getState())).toThrow(/10 sequences, there are 9/);
    const larger = dataset.batches({ batchSize: 4 });
    expect(() => larger.setState(batches.getState())).toThrow(/batches of 3, these are of 4/);
  });

  it("reads no more than one batch ahead", async () => {
    const source = await sourceOf(10);
    let reads = 0;
    const counting = {
      description: "counting",
      list: () => source.list(),
      read: (name: string) => {
        reads++;
        return source.read(name);
      },
    };
    const batches = (await AtariCloningDataset.open(counting)).batches({ batchSize: 2, seed: 0 });
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reads).toBe(4);
    await batches.next();
    expect(reads).toBe(6);
  });

  it("throws for a damaged file when its batch is due, and returns the batch once it is repaired", async () => {
    const source = await sourceOf(4);
    const good = await source.read("train_00002.npz");
    await source.write("train_00002.npz", good.slice(0, 40));
    const batches = (await AtariCloningDataset.open(source)).batches({ batchSize: 2, shuffle: false });
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(batches.next()).rejects.toThrow(/memory: train_00002\.npz/);
    await source.write("train_00002.npz", good);
    expect((await batches.next()).observations[0]).toBe(2);
  });

  it("rejects frames of different shapes", async () => {
    const source = await sourceOf(1);
    const other = { observations: new Uint8Array(3), actions: new Int32Array(3), shape: [1, 1, 1] };
    await source.write(cloningFileName("train", 1), writeCloningSequence(other));
    const batches = (await AtariCloningDataset.open(source)).batches({ shuffle: false });
    await expect(batches.next()).rejects.toThrow(/train_00001\.npz: expected frames \[2, 2, 1\]/);
  });
});
