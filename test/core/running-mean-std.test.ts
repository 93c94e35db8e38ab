import { describe, expect, it } from "vitest";
import { InvalidArgumentError, NonFiniteError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { RunningMeanStd } from "../../src/core/running-mean-std.js";

function numbers(count: number, seed: number, mean = 0, deviation = 1): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: count }, () => random.normal(mean, deviation));
}

// Textbook two-pass moments of column j.
function moments(rows: Float64Array, size: number, j: number): [number, number] {
  const column = Array.from(rows).filter((_, i) => i % size === j);
  const mean = column.reduce((a, b) => a + b, 0) / column.length;
  return [mean, column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length];
}

describe("RunningMeanStd", () => {
  it("starts at mean 0 and variance 1", () => {
    const statistics = new RunningMeanStd({ shape: [2] });
    expect([...statistics.mean, ...statistics.variance, statistics.count]).toEqual([0, 0, 1, 1, 0]);
  });

  it("gives the moments of the first batch", () => {
    const statistics = new RunningMeanStd({ shape: [2] });
    statistics.update([1, 10, 3, 30]);
    expect([...statistics.mean]).toEqual([2, 20]);
    expect([...statistics.variance]).toEqual([1, 100]);
    expect(statistics.count).toBe(2);
  });

  it("does not depend on how the stream is split into batches", () => {
    const rows = numbers(600, 1, 5, 3);
    const cut = new RunningMeanStd({ shape: [3] });
    for (let from = 0, n = 1; from < rows.length; from += 3 * n, n = (n % 7) + 1) {
      cut.update(rows.subarray(from, Math.min(rows.length, from + 3 * n)));
    }
    for (let j = 0; j < 3; j++) {
      const [mean, variance] = moments(rows, 3, j);
      expect(cut.mean[j]).toBeCloseTo(mean, 11);
      expect(cut.variance[j]).toBeCloseTo(variance, 11);
    }
    expect(cut.count).toBe(200);
  });

  it("merge of parts equals the whole", () => {
    const rows = numbers(1000, 2, -2, 0.5);
    const whole = new RunningMeanStd();
    whole.update(rows);
    const left = new RunningMeanStd();
    const right = new RunningMeanStd();
    left.update(rows.subarray(0, 137));
    right.update(rows.subarray(137));
    left.merge(right);
    expect(left.count).toBe(1000);
    expect(left.mean[0]).toBeCloseTo(whole.mean[0], 12);
    expect(left.variance[0]).toBeCloseTo(whole.variance[0], 12);
  });

  it("merging an empty instance changes nothing", () => {
    const statistics = new RunningMeanStd();
    statistics.update([1, 2, 4]);
    const before = statistics.getState();
    statistics.merge(new RunningMeanStd());
    expect(statistics.getState()).toEqual(before);
  });

  it("stays exact far from zero, where the naive formula fails", () => {
    const statistics = new RunningMeanStd();
    for (let i = 0; i < 1000; i++) statistics.update([1e9 + (i % 2)]);
    expect(statistics.variance[0]).toBeCloseTo(0.25, 6);
  });

  it("zero variance stays zero", () => {
    const statistics = new RunningMeanStd();
    for (let i = 0; i < 10; i++) statistics.update([0.1, 0.1]);
    expect(statistics.variance[0]).toBeCloseTo(0, 30);
  });

  it("uses the prior as Gymnasium does", () => {
    const statistics = new RunningMeanStd({ priorCount: 1e-4 });
    statistics.update([2]);
    // Merge of N(0, 1) with weight 1e-4 and one value 2.
    expect(statistics.mean[0]).toBeCloseTo(2 / 1.0001, 12);
    expect(statistics.variance[0]).toBeCloseTo((1e-4 + (4 * 1e-4) / 1.0001) / 1.0001, 12);
  });

  it("continues from a saved state bit by bit", () => {
    const one = new RunningMeanStd({ shape: [2] });
    one.update(numbers(20, 3));
    const two = new RunningMeanStd({ shape: [2] });
    two.setState(one.getState());
    one.update(numbers(10, 4));
    two.update(numbers(10, 4));
    expect(two.getState()).toEqual(one.getState());
  });

  it("returns copies as its state", () => {
    const statistics = new RunningMeanStd();
    const state = statistics.getState();
    statistics.update([5]);
    expect(state).toEqual({ count: 0, mean: Float64Array.of(0), variance: Float64Array.of(1) });
  });

  it("rejects NaN and infinity and stays unchanged", () => {
    const statistics = new RunningMeanStd({ shape: [2] });
    statistics.update([1, 2, 3, 5]);
    const before = statistics.getState();
    expect(() => statistics.update([1, Number.NaN])).toThrow(NonFiniteError);
    expect(() => statistics.update([Number.POSITIVE_INFINITY, 1])).toThrow(NonFiniteError);
    expect(statistics.getState()).toEqual(before);
  });

  it("rejects invalid shapes and states", () => {
    const statistics = new RunningMeanStd({ shape: [2] });
    expect(() => statistics.update([])).toThrow(ShapeError);
    expect(() => statistics.update([1, 2, 3])).toThrow(ShapeError);
    expect(() => statistics.merge(new RunningMeanStd({ shape: [3] }))).toThrow(ShapeError);
    expect(() => statistics.setState(new RunningMeanStd().getState())).toThrow(InvalidArgumentError);
    expect(() => statistics.setState({})).toThrow(InvalidArgumentError);
    expect(() => new RunningMeanStd({ shape: [0] })).toThrow(InvalidArgumentError);
    expect(() => new RunningMeanStd({ priorCount: -1 })).toThrow(InvalidArgumentError);
  });
});
