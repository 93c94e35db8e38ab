import { expect, it } from "vitest";
import { explainedVariance } from "../../src/losses/explained-variance.js";

it("is 1 for perfect values, 0 for a constant, NaN where returns do not vary", () => {
  expect(explainedVariance([1, 2, 3], [1, 2, 3])).toBe(1);
  expect(explainedVariance([2, 2, 2], [1, 2, 3])).toBe(0);
  expect(explainedVariance([1, 2], [3, 3])).toBeNaN();
});

it("does not look at a constant offset, and is below 0 for values worse than a constant", () => {
  expect(explainedVariance([11, 12, 13], [1, 2, 3])).toBeCloseTo(1, 12);
  expect(explainedVariance([3, 2, 1], [1, 2, 3])).toBeCloseTo(1 - 4, 12); // Var(2, 0, -2) = 4 Var(1, 2, 3)
  expect(explainedVariance([1, 3], [0, 4])).toBeCloseTo(1 - 1 / 4, 12);
});
