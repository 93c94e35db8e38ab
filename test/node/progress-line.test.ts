import { describe, expect, it } from "vitest";
import { type ProgressState, progressLine } from "../../src/node/progress-line.js";

const state: ProgressState = {
  progress: 0.375,
  meanReturn: 1234.56,
  secondsLeft: 725,
  steps: 1_234_567,
  fps: 11_703.4,
  elapsedSeconds: 435,
};

describe("progressLine", () => {
  it("shows everything on a wide terminal, thousands separated", () => {
    expect(progressLine(state, 160)).toBe(
      `${"█".repeat(11)}${"░".repeat(19)}  37% | return 1,234.6 | 12m05s left | 1,234,567 steps | 11,703 steps/s | 7m15s so far`,
    );
  });

  it("fits 80 columns with return and time left", () => {
    expect(progressLine({ ...state, unit: "minibatches" }, 160)).toMatch(/ minibatches \| .* minibatches\/s/);
    const line = progressLine(state, 80);
    expect(line.length).toBeLessThan(80);
    expect(line).toMatch(/^█+░+ {2}37% \| return 1,234\.6 \| 12m05s left \| 1,234,567 steps/);
  });

  it("omits the least important parts, and is never wider than the terminal", () => {
    for (let columns = 1; columns < 160; columns++) {
      expect(progressLine(state, columns).length).toBeLessThan(columns);
    }
    expect(progressLine(state, 34)).toMatch(/^[█░]{11} {2}37% \| return 1,234\.6$/);
  });

  it("omits what is not known yet", () => {
    const line = progressLine({ ...state, progress: 0, meanReturn: Number.NaN, secondsLeft: undefined }, 80);
    expect(line).toContain("  0% | return nan | ? left |");
  });
});
