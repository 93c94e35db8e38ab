import { describe, expect, it } from "vitest";
import { checkRanges, ltcRanges } from "../../src/cells/ltc-ranges.js";
import { InvalidArgumentError } from "../../src/core/errors.js";

describe("checkRanges", () => {
  it("fills in the ranges of ncps", () => {
    expect(checkRanges()).toEqual(ltcRanges);
    expect(checkRanges({ mu: [-1, 1] })).toEqual({ ...ltcRanges, mu: [-1, 1] });
    expect(checkRanges({ w: [0.5, 0.5] }).w).toEqual([0.5, 0.5]);
  });

  it.each([
    [{ nu: [0, 1] }, /initializationRanges.nu: there is no such weight; expected one of gleak/],
    [{ mu: [1, 0] }, /initializationRanges.mu: expected \[low, high\] with low <= high, received \[1,0\]/],
    [{ mu: [1] }, /low <= high/],
    [{ mu: [0, Number.POSITIVE_INFINITY] }, /low <= high/],
    [{ cm: [-0.1, 1] }, /initializationRanges.cm: expected bounds of at least 0/],
    [{ sensoryW: [-1, 1] }, /at least 0/],
  ])("refuses %j", (ranges, message) => {
    expect(() => checkRanges(ranges as never)).toThrow(InvalidArgumentError);
    expect(() => checkRanges(ranges as never)).toThrow(message);
  });
});
