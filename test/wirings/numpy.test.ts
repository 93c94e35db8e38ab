import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DefaultRng } from "../../src/wirings/numpy/default-rng.js";
import { Mt19937 } from "../../src/wirings/numpy/mt19937.js";
import { Pcg64 } from "../../src/wirings/numpy/pcg64.js";
import { RandomState } from "../../src/wirings/numpy/random-state.js";
import { seedWords } from "../../src/wirings/numpy/seed-sequence.js";

interface Words {
  seed: number;
  words: number[];
}
interface Recorded {
  mt19937: (Words & { at: number[] })[];
  seedSequence: Words[];
  pcg64: Words[];
  randomState: {
    seed: number;
    choices: number[];
    samples: number[][];
    sizes: [number, number][];
    after: number;
  }[];
  defaultRng: {
    seed: number;
    choices: number[];
    samples: { population: number; count: number; first: number[]; sum: number }[];
    after: number;
  }[];
}

const recorded: Recorded = JSON.parse(readFileSync("test/fixtures/oracles/wirings-numpy.json", "utf8"));
const integers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("numpy's generators", () => {
  it.each(recorded.mt19937)("MT19937 of seed $seed", ({ seed, words, at }) => {
    const generator = new Mt19937(seed);
    const drawn = Array.from({ length: at[at.length - 1] + 1 }, () => generator.uint32());
    expect(at.map((i) => drawn[i])).toEqual(words);
  });

  it.each(recorded.seedSequence)("SeedSequence of seed $seed", ({ seed, words }) => {
    expect([...seedWords(seed, words.length)]).toEqual(words);
  });

  it.each(recorded.pcg64)("PCG64 of seed $seed", ({ seed, words }) => {
    const generator = new Pcg64(seed);
    expect(words.map(() => generator.uint32())).toEqual(words);
  });

  it.each(recorded.randomState)("RandomState of seed $seed", ({ seed, choices, samples, sizes, after }) => {
    const rng = new RandomState(seed);
    expect(choices.map(() => rng.choice([-1, 1]))).toEqual(choices);
    expect(sizes.map(([population, count]) => rng.sample(integers(population), count))).toEqual(samples);
    expect(rng.choice(integers(1000))).toBe(after);
  });

  it.each(recorded.defaultRng)("default_rng of seed $seed", ({ seed, choices, samples, after }) => {
    const rng = new DefaultRng(seed);
    expect(choices.map(() => rng.choice([-1, 1, 1]))).toEqual(choices);
    for (const { population, count, first, sum } of samples) {
      const drawn = rng.sample(population, count);
      expect([...drawn.subarray(0, 6)]).toEqual(first);
      expect(drawn.reduce((total, value, i) => total + value * (i + 1), 0)).toBe(sum);
    }
    expect(rng.choice(integers(1000))).toBe(after);
  });
});
