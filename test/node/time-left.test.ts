import { expect, it } from "vitest";
import { formatDuration, secondsLeft } from "../../src/node/time-left.js";

it("secondsLeft extrapolates the speed so far, and is undefined before the first progress", () => {
  expect(secondsLeft(0.25, 30)).toBe(90);
  expect(secondsLeft(1, 30)).toBe(0);
  expect(secondsLeft(0, 30)).toBeUndefined();
});

it("formatDuration writes durations with two units at most", () => {
  const texts = [0, 59.4, 59.6, 725, 3599.7, 11_520, 183_600].map(formatDuration);
  expect(texts).toEqual(["0s", "59s", "1m00s", "12m05s", "1h00m", "3h12m", "2d03h"]);
});
