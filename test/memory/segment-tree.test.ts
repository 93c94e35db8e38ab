import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { MinTree, SumTree } from "../../src/memory/segment-tree.js";

describe("segment trees", () => {
  it("equal the sums and minima of a list after random changes", () => {
    for (const capacity of [1, 2, 3, 5, 16, 100]) {
      const [sums, minima] = [new SumTree(capacity), new MinTree(capacity)];
      const list = new Array<number>(capacity).fill(0);
      const random = new Random(capacity);
      for (let i = 0; i < 300; i++) {
        const [at, value] = [random.integer(capacity), random.integer(8)];
        list[at] = value;
        sums.set(at, value);
        minima.set(at, value > 0 ? value : Number.POSITIVE_INFINITY);
        const total = list.reduce((sum, each) => sum + each, 0);
        expect(sums.total).toBe(total);
        expect(minima.min).toBe(Math.min(Number.POSITIVE_INFINITY, ...list.filter((each) => each > 0)));
        if (total === 0) continue;
        const mass = random.uniform(0, total);
        let [index, sum] = [0, list[0]];
        while (sum <= mass) sum += list[++index];
        expect(sums.find(mass)).toBe(index);
      }
      // Rounding may lead to the very end, never to a number that is zero.
      if (sums.total > 0) expect(list[sums.find(sums.total)]).toBeGreaterThan(0);
    }
  });

  it("reaches every leaf of a capacity that is not a power of two", () => {
    const tree = new SumTree(200_000);
    tree.set(199_999, 1);
    expect(tree.find(0.5)).toBe(199_999);
    expect(tree.leaves).toBe(262_144);
  });

  it("set all numbers at once as one by one", () => {
    const values = [3, 0, 5, 1, 2];
    const [once, each] = [new SumTree(5), new SumTree(5)];
    once.setAll(values);
    for (const [i, value] of values.entries()) each.set(i, value);
    expect(once.total).toBe(11);
    for (let mass = 0; mass < 11; mass++) expect(once.find(mass)).toBe(each.find(mass));
    expect(values.map((_, i) => once.get(i))).toEqual(values);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuse the capacity %s", (capacity) => {
    expect(() => new SumTree(capacity)).toThrow(InvalidArgumentError);
    expect(() => new MinTree(capacity)).toThrow(InvalidArgumentError);
  });

  it("have no minimum while they are empty", () => {
    expect(new MinTree(3).min).toBe(Number.POSITIVE_INFINITY);
  });
});
