import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import type { StateRecord } from "../../../src/core/state.js";
import { Box, Discrete, MultiDiscrete } from "../../../src/spaces/index.js";
import { AbsentEnvs } from "../../../src/trainers/common/absent-envs.js";
import { checkRollout, checkRolloutSizes, withoutRollout } from "../../../src/trainers/ppo/ppo-checkpoint.js";

const absent = new AbsentEnvs({
  numEnvs: 1,
  observationSpace: new Box({ low: 0, high: 1, shape: [2, 3] }),
  actionSpace: new Discrete(2),
  setup: {},
  reason: "none",
});

describe("checkRolloutSizes", () => {
  const check =
    (mean: number, normalizeObservation = true) =>
    () =>
      checkRolloutSizes(
        { env: absent, normalizeObservation },
        new Map([["observationNormalizer.mean", mean]]) as never,
      );

  it("wants statistics of the size of an observation, where spaces come from the file", () => {
    expect(check(6)).not.toThrow();
    expect(check(5)).toThrow(/"observationNormalizer.mean": expected 6 numbers.*received 5/);
    expect(check(5, false)).not.toThrow();
  });
});

describe("checkRollout", () => {
  const sizes = { numSteps: 4, actionSize: 1 } as never;
  const collector = { observations: new Float32Array(2), states: null, episodeStarts: null, step: 2 };
  const state = (changed: object = {}, actions = Float32Array.of(0, 1)): StateRecord => ({
    collector: { ...collector, ...changed },
    rollout: { actions },
  });

  it("accepts a rollout that was begun, and none at step 0", () => {
    expect(() => checkRollout(state(), sizes, new Discrete(2))).not.toThrow();
    expect(() =>
      checkRollout({ ...state({ step: 0 }), rollout: null }, sizes, new Discrete(2)),
    ).not.toThrow();
  });

  it.each<[string, StateRecord, RegExp]>([
    ["step", state({ step: 5 }), /"collector.step": expected at most 4/],
    ["rollout", { ...state(), rollout: null }, /0 without a rollout/],
    ["observations", state({ observations: null }), /"collector.observations": expected an array/],
    ["numbers", state({ observations: Float32Array.of(Number.NaN) }), /finite/],
    [
      "actions",
      state({}, Float32Array.of(0, 2)),
      /"rollout.actions": expected whole numbers in 0\.\.1, received 2 at 1/,
    ],
    ["fractions", state({}, Float32Array.of(0.5)), /received 0.5 at 0/],
  ])("refuses a wrong %s", (_, given, message) => {
    expect(() => checkRollout(given, sizes, new Discrete(2))).toThrow(CheckpointError);
    expect(() => checkRollout(given, sizes, new Discrete(2))).toThrow(message);
  });

  it("looks at each choice by itself, and at continuous actions not at all", () => {
    const pair = { numSteps: 4, actionSize: 2 } as never;
    const given = state({}, Float32Array.of(1, 2, 0, 1));
    expect(() => checkRollout(given, pair, new MultiDiscrete([2, 3]))).not.toThrow();
    expect(() => checkRollout(given, pair, new MultiDiscrete([2, 2]))).toThrow(/received 2 at 1/);
    expect(() => checkRollout(given, pair, new Box({ low: 0, high: 1, shape: [2] }))).not.toThrow();
  });
});

describe("withoutRollout", () => {
  it("drops the rollout and what belongs to old episodes, and keeps the statistics of rewards", () => {
    const own = { collector: { step: 0 }, rewardScaler: { returns: [0, 0], statistics: "fresh" } };
    const state = {
      env: {},
      rollout: {},
      collector: { step: 3 },
      rewardScaler: { returns: [5], statistics: "old" },
      steps: 9,
    };
    expect(withoutRollout(state as never, own as never)).toEqual({
      env: null,
      rollout: null,
      collector: { step: 0 },
      rewardScaler: { returns: [0, 0], statistics: "old" },
      steps: 9,
    });
  });
});
