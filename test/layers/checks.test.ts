import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { checkInitializer, checkIntegers } from "../../src/layers/checks.js";

describe("checkIntegers", () => {
  it("gives a copy of positive integers", () => {
    const given = [3, 1];
    const checked = checkIntegers("filters", given);
    given[0] = 9;
    expect(checked).toEqual([3, 1]);
  });

  it.each([[[]], [[0]], [[2, -1]], [[1.5]], [[Number.NaN]]])("refuses %j by the option's name", (values) => {
    expect(() => checkIntegers("filters", values)).toThrow(InvalidArgumentError);
    expect(() => checkIntegers("filters", values)).toThrow(/^filters: /);
  });
});

describe("checkInitializer", () => {
  it("gives a known name, and tells all of them where it is none", () => {
    expect(checkInitializer("kernelInitializer", "heNormal")).toBe("heNormal");
    expect(() => checkInitializer("kernelInitializer", "he" as never)).toThrow(
      /^kernelInitializer: expected one of zeros, .*orthogonal, received he$/,
    );
  });
});
