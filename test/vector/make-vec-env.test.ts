import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, NotRegisteredError } from "../../src/core/errors.js";
import type { Env } from "../../src/envs/env.js";
import { register } from "../../src/envs/registry.js";
import { EnvFailedError } from "../../src/vector/env-failed-error.js";
import { makeVecEnv } from "../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import { CountingEnv } from "./counting-env.js";

describe("makeVecEnv", () => {
  it("makes copies of a registered environment and seeds the first reset", async () => {
    const one = makeVecEnv("CartPole-v1", { numEnvs: 3, seed: 5 });
    const two = makeVecEnv("CartPole-v1", { numEnvs: 3 });
    expect(one.numEnvs).toBe(3);
    const { observations } = await one.reset();
    expect(observations).toHaveLength(12);
    expect((await two.reset({ seed: 5 })).observations).toEqual(observations);
    expect(observations.slice(0, 4)).not.toEqual(observations.slice(4, 8));
  });

  it("passes options to the environments and wraps each", async () => {
    const wrapped: [Env, number][] = [];
    const envs = makeVecEnv("CartPole-v1", {
      numEnvs: 2,
      envOptions: { maxEpisodeSteps: 1 },
      wrapper: (env, index) => {
        wrapped.push([env, index]);
        return env;
      },
    });
    expect(wrapped.map(([, index]) => index)).toEqual([0, 1]);
    await envs.reset({ seed: 0 });
    expect([...(await envs.step([0, 1])).truncated]).toEqual([1, 1]);
  });

  it("rejects unknown ids, invalid options and counts", () => {
    expect(() => makeVecEnv("CartPole-v9", { numEnvs: 1 })).toThrow(NotRegisteredError);
    expect(() => makeVecEnv("CartPole-v1", { numEnvs: 1, envOptions: { maxSteps: 1 } })).toThrow(
      InvalidArgumentError,
    );
    for (const numEnvs of [0, -1, 1.5]) {
      expect(() => makeVecEnv("CartPole-v1", { numEnvs })).toThrow(InvalidArgumentError);
    }
  });

  it("closes an environment when its wrapper throws", () => {
    const made: CountingEnv[] = [];
    register("MadeByTest-v0", () => {
      made.push(new CountingEnv());
      return made[made.length - 1];
    });
    const wrapper = (env: Env, index: number) => {
      if (index === 1) throw new Error("no");
      return env;
    };
    expect(() => makeVecEnv("MadeByTest-v0", { numEnvs: 3, wrapper })).toThrow(EnvFailedError);
    expect(made.map((env) => env.closed)).toEqual([1, 1]);
  });

  it("applies wrapDeepmind inside of the custom wrapper", async () => {
    const shapes: (readonly number[])[] = [];
    const wrapper = (env: Env) => {
      shapes.push(env.observationSpace.shape);
      return env;
    };
    const envs = makeVecEnv("Arcade/Breakout-v0", { numEnvs: 1, wrapDeepmind: { numStack: 2 }, wrapper });
    expect(envs.observationSpace.shape).toEqual([84, 84, 2]);
    expect(shapes).toEqual([[84, 84, 2]]);
    expect(
      makeVecEnv("Arcade/Breakout-v0", { numEnvs: 1, wrapDeepmind: true }).observationSpace.shape,
    ).toEqual([84, 84, 4]);
  });

  it("says what to import for kinds that need Node", () => {
    const worker = () => makeVecEnv("CartPole-v1", { numEnvs: 2, kind: "worker" });
    expect(worker).toThrow(InvalidStateError);
    expect(worker).toThrow(/import "ncps-ts\/node"/);
  });

  it("uses the dedicated vector environment of an id", async () => {
    const own = new SyncVectorEnv([() => new CountingEnv()]);
    const received: unknown[] = [];
    register("WithOwn-v0", () => new CountingEnv(), {
      makeVector: (options) => {
        received.push(options);
        return own;
      },
    });
    const envOptions = { threads: 3 };
    expect(await makeVecEnv("WithOwn-v0", { kind: "ale", numEnvs: 1, seed: 2, envOptions, noop: 5 })).toBe(
      own,
    );
    expect(received).toEqual([{ numEnvs: 1, seed: 2, threads: 3, noop: 5 }]);
    const without = makeVecEnv("CartPole-v1", { kind: "ale", numEnvs: 1 });
    await expect(without).rejects.toThrow(/kind: "CartPole-v1" has no dedicated/);
    const wrapped = makeVecEnv("WithOwn-v0", { kind: "ale", numEnvs: 1, wrapDeepmind: true });
    await expect(wrapped).rejects.toThrow(/prepares the pictures by itself/);
    await expect(makeVecEnv("ALE/Nothing-v5", { kind: "ale", numEnvs: 1 })).rejects.toThrow(/ncps-ts\/node/);
    const kind = "thread" as "sync";
    expect(() => makeVecEnv("CartPole-v1", { kind, numEnvs: 1 })).toThrow(/"sync", "worker" or "ale"/);
  });
});
