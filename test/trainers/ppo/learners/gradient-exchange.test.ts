import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/random.js";
import { GradientExchange } from "../../../../src/trainers/ppo/learners/gradient-exchange.js";
import { lossMonitors } from "../../../../src/trainers/ppo/loss-monitors.js";

const size = 103;

function exchanges(learners: number): GradientExchange[] {
  const memory = GradientExchange.allocate(learners, size);
  return Array.from({ length: learners }, (_, rank) => new GradientExchange(memory, rank, learners, size));
}

describe("GradientExchange", () => {
  it.each([
    [2, [0.25, 0.75]],
    [3, [0.5, 0.3, 0.2]],
    [3, [0.5, 0, 0.5]],
    [4, [0, 0, 1, 0]],
  ])(
    "sums the gradients of %d learners, each by its weight, in the order of the learners",
    (learners, weights) => {
      const random = new Random(learners);
      const all = exchanges(learners);
      for (const [i, { mine }] of all.entries()) {
        mine.set(Array.from({ length: size }, () => (weights[i] > 0 ? random.normal() : Number.NaN)));
      }
      const expected = Float32Array.from({ length: size }, (_, i) =>
        all.reduce((sum, { mine }, j) => (weights[j] > 0 ? sum + mine[i] * weights[j] : sum), 0),
      );
      for (const exchange of all) exchange.reduce(weights);
      for (const { sum } of all) expect(sum).toEqual(expected);
    },
  );

  it("combines means by weight, and ratio deviations by their maximum", () => {
    const all = exchanges(3);
    all[0].monitors.set([1, 2, 3, 4, 5, 6, 0.5, 8]);
    all[1].monitors.fill(Number.NaN); // had an empty share
    all[2].monitors.set([5, 6, 7, 8, 9, 10, 0.1, 12]);
    const numbers = all[1].combine([0.75, 0, 0.25]);
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, 0.5, 9]);
    expect(lossMonitors[6]).toBe("ratioDeviation");
    all[0].monitors[6] = Number.NaN;
    expect(all[2].combine([0.75, 0, 0.25])[6]).toBeNaN();
  });
});
