import { describe, expect, it } from "vitest";
import type { StepResult } from "../../src/envs/env.js";
import { EnvFailedError } from "../../src/vector/env-failed-error.js";
import { freshSeed } from "../../src/vector/env-slot.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import { CountingEnv, type CountingOptions } from "./counting-env.js";

// Two environments; the second one is replaced by the next one in the list.
function envsWith(...second: CountingOptions[]): { made: CountingEnv[]; envs: SyncVectorEnv } {
  const made: CountingEnv[] = [];
  const factories = [
    () => new CountingEnv({ length: 100 }),
    () => {
      made.push(new CountingEnv({ length: 100, ...second[Math.min(made.length, second.length - 1)] }));
      return made[made.length - 1];
    },
  ];
  return { made, envs: new SyncVectorEnv(factories, { restartOnFailure: true }) };
}

const failAt = (at: number): CountingOptions => ({
  beforeStep: (step) => {
    if (step === at) throw new RangeError("stuck");
  },
});
const nanAt = (at: number): CountingOptions => ({
  change: (result, step): StepResult => (step === at ? { ...result, reward: Number.NaN } : result),
});

describe("SyncVectorEnv with restartOnFailure", () => {
  it.each([
    ["throws", failAt(3), "RangeError: stuck"],
    ["gives NaN", nanAt(3), 'environment 1 ("Counting-v0", seed 11, step 3): the reward is NaN'],
  ])("an environment that %s is replaced and its episode truncated", async (_, options, message) => {
    const { made, envs } = envsWith(options, {});
    await envs.reset({ seed: 10 });
    for (let t = 0; t < 2; t++) await envs.step([0, 0]);
    const step = await envs.step([0, 0]);
    const seed = freshSeed(11) as number;
    expect([...step.rewards]).toEqual([103, 0]);
    expect([[...step.terminated], [...step.truncated]]).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(step.finalObservations).toEqual([null, Float32Array.of(11, 1, 2)]);
    expect(step.infos).toEqual([{ at: 3 }, { failure: { message, during: "step", seed: 11, step: 3 } }]);
    expect(step.observations).toEqual(Float32Array.of(10, 1, 3, seed, 1, 0));
    expect([envs.restarts, made.length, made[0].closed]).toEqual([1, 2, 1]);
    expect([...(await envs.step([0, 0])).rewards]).toEqual([104, 101]);
  });

  it("keeps the result of an episode when the next one could not start", async () => {
    const second: CountingOptions = {
      length: 2,
      beforeReset: (resets) => {
        if (resets === 1) throw new Error("no more");
      },
    };
    const { envs } = envsWith(second, {});
    await envs.reset({ seed: 0 });
    await envs.step([0, 0]);
    const step = await envs.step([0, 0]);
    expect([step.rewards[1], step.terminated[1], step.truncated[1]]).toEqual([102, 1, 0]);
    expect(step.finalObservations[1]).toEqual(Float32Array.of(1, 1, 2));
    expect(step.infos[1]).toMatchObject({ at: 2, failure: { message: "Error: no more", during: "reset" } });
    expect((await envs.step([0, 0])).rewards[1]).toBe(101);
  });

  it("stops after three consecutive failures without a step", async () => {
    const { made, envs } = envsWith(failAt(1));
    await envs.reset();
    for (let t = 0; t < 3; t++) expect((await envs.step([0, 0])).truncated[1]).toBe(1);
    await expect(envs.step([0, 0])).rejects.toThrow(EnvFailedError);
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1, 1]);
  });

  const resets = (...bad: boolean[]) =>
    bad.map((fails) => ({
      beforeReset: () => {
        if (fails) throw new RangeError("no start");
      },
    }));

  it("replaces replacements that cannot start, up to three consecutive ones", async () => {
    const { made, envs } = envsWith(failAt(2), ...resets(true, true, false));
    await envs.reset({ seed: 3 });
    await envs.step([0, 0]);
    const step = await envs.step([0, 0]);
    expect([...step.truncated]).toEqual([0, 1]);
    expect(step.infos[1].failure).toMatchObject({ message: "RangeError: stuck", seed: 4, step: 2 });
    expect([envs.restarts, made.map((env) => env.closed)]).toEqual([3, [1, 1, 1, 0]]);
    const seed = freshSeed(freshSeed(freshSeed(4)));
    expect(envs.getState?.().seeds).toEqual([3, seed]);
    expect([...(await envs.step([0, 0])).rewards]).toEqual([103, 101]);

    const { envs: never } = envsWith(failAt(1), ...resets(true));
    await never.reset({ seed: 3 });
    await expect(never.step([0, 0])).rejects.toThrow(/failed in reset: RangeError: no start/);
    expect(never.restarts).toBe(3);
  });

  it("replaces an environment that fails in an explicit reset", async () => {
    const { envs } = envsWith(...resets(true, true, false));
    const { infos, observations } = await envs.reset({ seed: 3 });
    expect(infos[0]).toEqual({ fresh: true });
    const failure = { message: "RangeError: no start", during: "reset", seed: 4, step: 0 };
    expect(infos[1]).toEqual({ fresh: true, failure });
    expect([...observations.subarray(3)]).toEqual([
      ...Float32Array.of(freshSeed(freshSeed(4)) as number),
      1,
      0,
    ]);
  });

  it("gives the same seeds every time", async () => {
    const seeds = await Promise.all(
      [0, 1].map(async () => {
        const { envs } = envsWith(failAt(2));
        await envs.reset({ seed: 4 });
        for (let t = 0; t < 12; t++) await envs.step([0, 0]);
        return envs.getState?.().seeds;
      }),
    );
    expect(seeds[0]).toEqual(seeds[1]);
    expect(freshSeed(null)).toBe(null);
  });
});
