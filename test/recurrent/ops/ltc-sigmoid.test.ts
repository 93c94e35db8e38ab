import { describe, expect, it } from "vitest";
import { logistic } from "../../../src/recurrent/ops/ltc-sigmoid.js";

describe("logistic", () => {
  it("is 1 / (1 + exp(-u)) to eight digits", () => {
    let worst = 0;
    for (let u = -80; u <= 80; u += 0.0137) {
      const expected = 1 / (1 + Math.exp(-u));
      worst = Math.max(worst, Math.abs(logistic(u) / expected - 1));
    }
    expect(worst).toBeLessThan(1e-8);
  });

  it("saturates and propagates NaN", () => {
    expect([1e4, Number.POSITIVE_INFINITY].map(logistic)).toEqual([1, 1]);
    for (const u of [-1e4, Number.NEGATIVE_INFINITY]) {
      expect(logistic(u)).toBeGreaterThanOrEqual(0);
      expect(logistic(u)).toBeLessThan(1e-290);
    }
    expect(logistic(Number.NaN)).toBeNaN();
    expect(logistic(0)).toBe(0.5);
  });
});
