import { expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { AdaptiveKLCoefficient } from "../../src/losses/adaptive-kl.js";

it("adapts the KL coefficient by RLlib's rule", () => {
  const kl = new AdaptiveKLCoefficient({ initial: 0.5, target: 0.01 });
  expect(kl.update(0.021)).toBeCloseTo(0.75);
  expect(kl.update(0.015)).toBeCloseTo(0.75);
  expect(kl.update(0.004)).toBeCloseTo(0.375);
  const copy = new AdaptiveKLCoefficient();
  copy.setState(kl.getState());
  expect(copy.value).toBe(kl.value);
  expect(() => new AdaptiveKLCoefficient({ target: 0 })).toThrow(/target/);
});

it("stays within half and twice the target, bounds included, and at 0 for good", () => {
  const kl = new AdaptiveKLCoefficient({ initial: 1, target: 0.25 });
  expect([0.125, 0.25, 0.5].map((divergence) => kl.update(divergence))).toEqual([1, 1, 1]);
  const off = new AdaptiveKLCoefficient({ initial: 0 });
  expect(off.update(100)).toBe(0);
});

it("refuses states that are no coefficient, and keeps its own", () => {
  const kl = new AdaptiveKLCoefficient({ initial: 0.5 });
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, "1"]) {
    expect(() => kl.setState({ value })).toThrow(InvalidArgumentError);
  }
  expect(kl.value).toBe(0.5);
});
