import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";

const draws = (random: Random, n = 20) => Array.from({ length: n }, () => random.uint32());

// Pearson's statistic against a uniform distribution.
function chiSquare(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("Random", () => {
  it("gives equal numbers for equal seeds and different ones for others", () => {
    expect(draws(new Random(7))).toEqual(draws(new Random(7)));
    const streams = new Set(Array.from({ length: 200 }, (_, seed) => draws(new Random(seed), 2).join()));
    expect(streams.size).toBe(200);
  });

  it("gives unrelated streams for neighbouring seeds: first numbers are uniform", () => {
    for (const position of [0, 1, 2]) {
      const counts = new Array<number>(16).fill(0);
      for (let seed = 0; seed < 4000; seed++) counts[draws(new Random(seed), 3)[position] >>> 28]++;
      expect(chiSquare(counts)).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
    }
  });

  it("seed 0 is as random as others", () => {
    const bits = draws(new Random(0), 8).map((draw) => draw.toString(2).replaceAll("0", "").length);
    for (const ones of bits) expect(Math.abs(ones - 16)).toBeLessThanOrEqual(9); // of 32: beyond once in 700
    expect(Math.abs(new Random(0).normal())).toBeLessThan(4);
  });

  it("uniform stays in its range with the right mean and variance", () => {
    const random = new Random(1);
    const values = Array.from({ length: 20_000 }, () => random.uniform(-3, 5));
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThan(5);
    expect(Math.abs(mean - 1)).toBeLessThan(0.06); // 64/12 variance: 3.7 standard errors
  });

  it("integer is uniform and covers 0..n-1", () => {
    const random = new Random(2);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[random.integer(7)]++;
    expect(chiSquare(counts)).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
    expect(new Random(3).integer(1)).toBe(0);
    expect(new Random(3).integer(0x100000000)).toBe(new Random(3).uint32());
  });

  it("normal has mean 0 and deviation 1", () => {
    const random = new Random(4);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.027);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("shuffles uniformly and keeps the elements", () => {
    const random = new Random(5);
    const counts = new Array<number>(6).fill(0);
    const orders = ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"];
    for (let i = 0; i < 6000; i++) counts[orders.indexOf([...random.permutation(3)].join())]++;
    expect(chiSquare(counts)).toBeLessThan(20.5); // 5 degrees of freedom, p = 0.001
    expect(random.shuffle(["a", "b", "c"]).sort()).toEqual(["a", "b", "c"]);
  });

  it("continues exactly from a saved state, across kinds of numbers", () => {
    const one = new Random(6);
    draws(one, 5);
    const two = new Random(99);
    two.setState(one.getState());
    const play = (r: Random) => [r.uniform(), r.normal(), r.integer(10), ...r.permutation(5), r.uint32()];
    expect(play(two)).toEqual(play(one));
  });

  it("split gives an independent stream", () => {
    const parent = new Random(8);
    const child = parent.split();
    expect(draws(child)).not.toEqual(draws(parent));
    expect(draws(new Random(8).split())).toEqual(draws(new Random(8).split()));
  });

  it.each<[string, () => unknown]>([
    ["a broken seed", () => new Random(1.5)],
    ["a NaN seed", () => new Random(Number.NaN)],
    ["integer(0)", () => new Random(1).integer(0)],
    ["integer(2.5)", () => new Random(1).integer(2.5)],
    ["integer beyond 2^32", () => new Random(1).integer(2 ** 33)],
    ["a state of something else", () => new Random(1).setState({ xoroshiro128plus: Int32Array.of(1) })],
  ])("rejects %s", (_, act) => {
    expect(act).toThrow(InvalidArgumentError);
  });
});

describe("Random seeds", () => {
  it("negative seeds have separate streams", () => {
    const first = [-2, -1, 0, 1, 2, 2 ** 32, -(2 ** 40)].map((seed) => new Random(seed).uint32());
    expect(new Set(first).size).toBe(first.length);
  });
});
