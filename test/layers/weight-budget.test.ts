import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { countWeight, withinWeights } from "../../src/layers/weight-budget.js";

describe("withinWeights", () => {
  it("lets through what fits, over all weights together", () => {
    const made = withinWeights(10, () => {
      countWeight("a", [2, 3]);
      countWeight("b", [4]);
      return "whole";
    });
    expect(made).toBe("whole");
  });

  it("refuses the first weight that does not fit, by name", () => {
    const make = () => {
      countWeight("a", [2, 3]);
      countWeight("b", [5]);
    };
    expect(() => withinWeights(10, make)).toThrow(/"b" \[5\] is larger than all weights that were saved/);
  });

  it("counts an inner budget for itself, and no more than the outer one has left", () => {
    withinWeights(10, () => {
      expect(() => withinWeights(100, () => countWeight("large", [11]))).toThrow(InvalidArgumentError);
      withinWeights(3, () => countWeight("small", [3]));
      countWeight("all", [10]);
    });
  });

  it("has no bound outside, also after a failure", () => {
    expect(() => withinWeights(1, () => countWeight("a", [2]))).toThrow(InvalidArgumentError);
    expect(() => countWeight("a", [1e6])).not.toThrow();
  });

  it.each([[[Number.NaN]], [[1.5]], [[-1]], [[2 ** 60, 2]]])("refuses the shape %j everywhere", (shape) => {
    expect(() => countWeight("a", shape)).toThrow(/cannot have the shape/);
  });
});
