import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { AtariCloningDataset } from "../../src/datasets/atari-cloning.js";
import {
  type CloningSequence,
  cloningFileName,
  writeCloningSequence,
} from "../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import { checkMirrorActions, mirrorFrames } from "../../src/datasets/mirror-frames.js";

describe("mirrorFrames", () => {
  it.each([1, 3, 4])("swaps columns of pictures with %d channels", (channels) => {
    const [count, height, width] = [2, 3, 5];
    const random = new Random(0);
    const frames = Uint8Array.from({ length: count * height * width * channels }, () => random.integer(256));
    const mirrored = frames.slice();
    mirrorFrames(mirrored, [height, width, channels]);
    for (let row = 0; row < count * height; row++) {
      for (let column = 0; column < width; column++) {
        const pixel = (array: Uint8Array, x: number) =>
          array.subarray((row * width + x) * channels, (row * width + x + 1) * channels);
        expect(pixel(mirrored, column)).toEqual(pixel(frames, width - 1 - column));
      }
    }
  });

  it("works for bytes that are not aligned to four", () => {
    const bytes = Uint8Array.from({ length: 33 }, (_, i) => i);
    mirrorFrames(bytes.subarray(1), [2, 4, 4]);
    expect([...bytes.subarray(0, 9)]).toEqual([0, 13, 14, 15, 16, 9, 10, 11, 12]);
  });

  it("rejects bytes that are not whole pictures", () => {
    expect(() => mirrorFrames(new Uint8Array(7), [2, 2, 1])).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
    expect(() => mirrorFrames(new Uint8Array(4), [4])).toThrow(expect.objectContaining({ code: "SHAPE" }));
  });
});

describe("checkMirrorActions", () => {
  it("accepts swaps", () => expect(() => checkMirrorActions([0, 1, 3, 2], 4)).not.toThrow());

  it.each([[[0, 1, 2]], [[1, 2, 0, 3]], [[0, 1, 3, 4]]])("rejects %j", (mirror) => {
    expect(() => checkMirrorActions(mirror, 4)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", argument: "mirrorActions" }),
    );
  });
});

describe("mirrored batches", () => {
  const count = 64;
  const steps = (i: number) => 2 + (i % 2);
  const sequence = (i: number): CloningSequence => ({
    observations: Uint8Array.from({ length: steps(i) * 2 }, (_, byte) => (byte % 2 === 0 ? i : 200)),
    actions: new Int32Array(steps(i)).fill(2 + (i % 2)),
    shape: [1, 2, 1],
  });
  const open = async () => {
    const source = new MemoryCloningSource();
    for (let i = 0; i < count; i++) {
      await source.write(cloningFileName("train", i), writeCloningSequence(sequence(i)));
    }
    return AtariCloningDataset.open(source, { split: "train" });
  };
  const options = { batchSize: 8, seed: 3, mirrorActions: [1, 0, 3, 2] };

  it("swap pictures and actions together, not the padding, in half of the sequences, others each epoch", async () => {
    const batches = (await open()).batches(options);
    const epochs: Set<number>[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const swapped = new Set<number>();
      for (let n = 0; n < batches.batchesPerEpoch; n++) {
        const batch = await batches.next();
        for (let row = 0; row < batch.batch; row++) {
          const pixels = batch.observations.subarray(row * batch.steps * 2, (row + 1) * batch.steps * 2);
          const isSwapped = pixels[0] === 200;
          const i = pixels[isSwapped ? 1 : 0];
          if (isSwapped) swapped.add(i);
          const expected = new Int32Array(batch.steps);
          expected.fill(isSwapped ? 3 - (i % 2) : 2 + (i % 2), 0, steps(i));
          expect(batch.actions.subarray(row * batch.steps, (row + 1) * batch.steps)).toEqual(expected);
          expect(pixels.subarray(steps(i) * 2).every((value) => value === 0)).toBe(true);
        }
      }
      epochs.push(swapped);
    }
    for (const { size } of epochs) expect(Math.abs(size - count / 2)).toBeLessThan(16);
    expect(epochs[1]).not.toEqual(epochs[0]);
  });

  it("keep the order that they have without mirroring, and continue from a state", async () => {
    const dataset = await open();
    const mirrored = dataset.batches(options);
    const plain = dataset.batches({ ...options, mirrorActions: null });
    await mirrored.next();
    await plain.next();
    const state = mirrored.getState();
    const second = await mirrored.next();
    const sorted = (bytes: Uint8Array) => [...bytes].sort((a, b) => a - b);
    expect(sorted(second.observations)).toEqual(sorted((await plain.next()).observations));
    const again = dataset.batches({ ...options, seed: 99 });
    again.setState(state);
    expect(await again.next()).toEqual(second);
  });
});
