import { describe, expect, it } from "vitest";
import { elapsedFromTimestamps } from "../../src/cells/elapsed-from-timestamps.js";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";

describe("elapsedFromTimestamps", () => {
  it("returns the times between observations, starting with 0", () => {
    expect(
      elapsedFromTimestamps([
        [0, 0.5, 2, 2],
        [7, 8, 8, 10],
      ]),
    ).toEqual([
      [0, 0.5, 1.5, 0],
      [0, 1, 0, 2],
    ]);
  });

  it("continues from the previous chunk", () => {
    const times = [[3, 4, 6, 10, 11]];
    const whole = elapsedFromTimestamps(times);
    const first = elapsedFromTimestamps([times[0].slice(0, 2)]);
    const second = elapsedFromTimestamps([times[0].slice(2)], { previous: [4] });
    expect([[...first[0], ...second[0]]]).toEqual(whole);
  });

  it("is exact for milliseconds since 1970", () => {
    const start = Date.UTC(2024, 0, 1);
    expect(elapsedFromTimestamps([[start, start + 20, start + 1020]], { unit: 1000 })).toEqual([
      [0, 0.02, 1],
    ]);
  });

  it("rejects invalid timestamps", () => {
    expect(() => elapsedFromTimestamps([[0, 2, 1]])).toThrow(InvalidArgumentError);
    expect(() => elapsedFromTimestamps([[0, 2, 1]])).toThrow(
      "timestamps[0][2]: expected a finite time not before 2",
    );
    expect(() => elapsedFromTimestamps([[0, Number.NaN]])).toThrow("timestamps[0][1]: ");
    expect(() => elapsedFromTimestamps([[Number.POSITIVE_INFINITY]])).toThrow("timestamps[0][0]: ");
    expect(() => elapsedFromTimestamps([[0, 1], [0]])).toThrow(ShapeError);
    expect(() => elapsedFromTimestamps([[]])).toThrow(ShapeError);
    expect(() => elapsedFromTimestamps([[1]], { previous: [2] })).toThrow("timestamps[0][0]: ");
    expect(() => elapsedFromTimestamps([[1]], { previous: [1, 2] })).toThrow("previous: ");
    expect(() => elapsedFromTimestamps([[1]], { unit: 0 })).toThrow("unit: ");
  });
});
