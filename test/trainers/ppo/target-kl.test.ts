import { describe, expect, it } from "vitest";
import { lossMonitors } from "../../../src/trainers/ppo/loss-monitors.js";
import { endsAfterEpoch, endsBeforeStep, stopBeforeStep } from "../../../src/trainers/ppo/target-kl.js";

const monitors = (approxKl: number) => lossMonitors.map((name) => (name === "approxKl" ? approxKl : 9));
const options = (targetKlCheck: "minibatch" | "epoch" | "last-minibatch", targetKl: number | null = 0.1) => ({
  targetKl,
  targetKlCheck,
});

describe("targetKl", () => {
  it("is checked before each step with SB3's allowance of a half more", () => {
    expect(stopBeforeStep(options("minibatch"))).toEqual({ metric: "approxKl", above: 1.5 * 0.1 });
    expect(stopBeforeStep(options("epoch"))).toBeUndefined();
    expect([0.14, 0.16].map((kl) => endsBeforeStep(monitors(kl), options("minibatch")))).toEqual([
      false,
      true,
    ]);
    expect(endsAfterEpoch([monitors(9)], options("minibatch"))).toBe(false);
  });

  it("is compared with the mean of an epoch, with the same allowance", () => {
    const epochs = [
      [0.1, 0.19],
      [0.1, 0.21],
    ].map((kls) => kls.map(monitors));
    expect(epochs.map((epoch) => endsAfterEpoch(epoch, options("epoch")))).toEqual([false, true]);
    expect(endsBeforeStep(monitors(9), options("epoch"))).toBe(false);
  });

  it("is compared with the last minibatch alone, without allowance, as CleanRL does", () => {
    const epochs = [
      [9, 0.09],
      [0, 0.11],
    ].map((kls) => kls.map(monitors));
    expect(epochs.map((epoch) => endsAfterEpoch(epoch, options("last-minibatch")))).toEqual([false, true]);
  });

  it("ends nothing where it is null, or an epoch had no minibatch", () => {
    for (const check of ["minibatch", "epoch", "last-minibatch"] as const) {
      expect(stopBeforeStep(options(check, null))).toBeUndefined();
      expect(endsBeforeStep(monitors(9), options(check, null))).toBe(false);
      expect(endsAfterEpoch([monitors(9)], options(check, null))).toBe(false);
      expect(endsAfterEpoch([], options(check))).toBe(false);
    }
  });
});
