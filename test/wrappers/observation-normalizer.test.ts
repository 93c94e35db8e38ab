import { describe, expect, it } from "vitest";
import { ObservationNormalizer } from "../../src/wrappers/observation-normalizer.js";

describe("ObservationNormalizer", () => {
  it("centres, scales and clips each element separately", () => {
    const normalizer = new ObservationNormalizer({ shape: [2], clip: 1.5 });
    normalizer.update([1, 10, 3, 30]);
    const [a, b, c, d] = normalizer.normalize([1, 30, 2, 1000]);
    expect(a).toBeCloseTo(-1, 3);
    expect(b).toBeCloseTo(1, 3);
    expect(c).toBeCloseTo(0, 3);
    expect(d).toBe(1.5);
  });

  it("normalises several observations at once, each element by its place, into a fresh array", () => {
    const normalizer = new ObservationNormalizer({ shape: [2] });
    normalizer.update([0, 10, 2, 30]);
    const both = normalizer.normalize([0, 10, 2, 30]);
    expect([...both]).toEqual([...normalizer.normalize([0, 10]), ...normalizer.normalize([2, 30])]);
    expect(both).toHaveLength(4);
  });

  it("goes on from a saved state", () => {
    const [a, b] = [new ObservationNormalizer({ shape: [1] }), new ObservationNormalizer({ shape: [1] })];
    a.update([1, 2, 4]);
    b.setState(a.getState());
    for (const normalizer of [a, b]) normalizer.update([9]);
    expect(b.getState()).toEqual(a.getState());
    expect(b.normalize([3])).toEqual(a.normalize([3]));
  });

  it.each([{ epsilon: 0 }, { clip: -1 }, { clip: Number.NaN }])("refuses %j", (options) => {
    expect(() => new ObservationNormalizer({ shape: [1], ...options })).toThrow(/expected a positive number/);
  });
});
