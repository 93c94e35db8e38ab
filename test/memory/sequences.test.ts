import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { cutSequences, type Sequences, splitMinibatches } from "../../src/memory/index.js";

const list = (values: Int32Array) => Array.from(values);
const total = ({ lengths }: Sequences) => lengths.reduce((a, b) => a + b, 0);
const covered = (parts: Sequences[]) =>
  parts
    .flatMap(({ starts, lengths }) =>
      list(starts).flatMap((s, i) => Array.from({ length: lengths[i] }, (_, k) => s + k)),
    )
    .sort((a, b) => a - b);

describe("cutSequences", () => {
  it("reproduces RLlib's lengths", () => {
    expect(list(cutSequences({ numEnvs: 1, numSteps: 63, maxLength: 20 }).lengths)).toEqual([20, 20, 20, 3]);
    const chopped = cutSequences({
      numEnvs: 1,
      numSteps: 6,
      maxLength: 3,
      episodeStarts: [0, 0, 1, 0, 0, 0],
    });
    expect(list(chopped.lengths)).toEqual([2, 3, 1]);
    expect(list(chopped.starts)).toEqual([0, 2, 5]);
  });

  it("never crosses environments, and crosses episodes only without episodeStarts", () => {
    expect(list(cutSequences({ numEnvs: 2, numSteps: 5, maxLength: 4 }).starts)).toEqual([0, 4, 5, 9]);
    const starts = Uint8Array.of(1, 0, 1, 1, 0);
    expect(
      list(cutSequences({ numEnvs: 1, numSteps: 5, maxLength: 9, episodeStarts: starts }).lengths),
    ).toEqual([2, 1, 2]);
  });
});

describe("splitMinibatches", () => {
  it("uses every step exactly once, in even parts and another order each time", () => {
    const random = new Random(0);
    for (const [numSteps, maxLength, batchSize] of [
      [63, 20, 500],
      [128, 1, 256],
      [10, 7, 4],
      [5, 5, 1000],
    ]) {
      const sequences = cutSequences({ numEnvs: 16, numSteps, maxLength });
      const parts = splitMinibatches({ sequences, batchSize, random });
      expect(covered(parts)).toEqual(Array.from({ length: 16 * numSteps }, (_, i) => i));
      const mean = (16 * numSteps) / parts.length;
      for (const part of parts) expect(Math.abs(total(part) - mean)).toBeLessThanOrEqual(2 * maxLength);
      expect(parts.every((part) => part.starts.length > 0)).toBe(true);
    }
    const sequences = cutSequences({ numEnvs: 4, numSteps: 8, maxLength: 1 });
    const order = () =>
      splitMinibatches({ sequences, batchSize: 8, random }).flatMap(({ starts }) => list(starts));
    expect(order()).not.toEqual(order());
  });

  it("reproduces RLlib's slices: 8 of exactly 500 steps from 64 fragments of 63", () => {
    const sequences = cutSequences({ numEnvs: 64, numSteps: 63, maxLength: 20 });
    const parts = splitMinibatches({ sequences, batchSize: 500, random: new Random(1), mode: "rllib" });
    expect(parts.length).toBe(8);
    for (const part of parts) expect(total(part)).toBe(500);
    const counts = new Map<number, number>();
    for (const step of covered(parts)) counts.set(step, (counts.get(step) ?? 0) + 1);
    expect(4032 - counts.size).toBe(153);
    expect([...counts.values()].filter((count) => count === 2).length).toBe(121);
  });
});
