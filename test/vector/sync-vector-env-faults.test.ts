import { describe, expect, it } from "vitest";
import {
  EnvContractError,
  InvalidArgumentError,
  InvalidStateError,
  NonFiniteError,
  ShapeError,
} from "../../src/core/errors.js";
import type { StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";
import { EnvFailedError } from "../../src/vector/env-failed-error.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import { CountingEnv, type CountingOptions } from "./counting-env.js";

// Three environments, the middle one with a fault.
function withFault(options: CountingOptions): { made: CountingEnv[]; envs: SyncVectorEnv } {
  const made = [new CountingEnv(), new CountingEnv(options), new CountingEnv()];
  return { made, envs: new SyncVectorEnv(made.map((env) => () => env)) };
}

async function failure(act: () => Promise<unknown>): Promise<Error> {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a failure");
}

async function playUntilFailure(envs: SyncVectorEnv, seed?: number): Promise<Error> {
  await envs.reset({ seed });
  return failure(async () => {
    for (let t = 0; t < 20; t++) await envs.step([0, 0, 0]);
  });
}

describe("SyncVectorEnv when an environment throws", () => {
  const stuck = new Error("stuck");
  const throwAt = (at: number) => (now: number) => {
    if (now === at) throw stuck;
  };

  it("in step: the error names environment, seed and step and keeps the cause; all are closed", async () => {
    const { made, envs } = withFault({ length: 10, beforeStep: throwAt(5) });
    const error = (await playUntilFailure(envs, 40)) as EnvFailedError;
    expect(error).toBeInstanceOf(EnvFailedError);
    expect([error.code, error.index, error.seed, error.step]).toEqual(["ENV_FAILED", 1, 41, 5]);
    expect(error.cause).toBe(stuck);
    expect(error.message).toMatch(/environment 1 \("Counting-v0", seed 41, step 5\).*in step: Error: stuck/);
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1]);
    await expect(envs.step([0, 0, 0])).rejects.toThrow(InvalidStateError);
    await expect(envs.reset()).rejects.toThrow(/failed.*stuck/);
    await envs.close();
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1]);
  });

  it("in the reset at the end of an episode", async () => {
    const { made, envs } = withFault({ length: 4, beforeReset: throwAt(1) });
    const error = (await playUntilFailure(envs)) as EnvFailedError;
    expect([error.index, error.seed, error.step, error.cause]).toEqual([1, undefined, 4, stuck]);
    expect(error.message).toContain("failed in reset");
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1]);
  });

  it("in the first reset", async () => {
    const { made, envs } = withFault({ beforeReset: throwAt(0) });
    const error = (await failure(() => envs.reset({ seed: 2 }))) as EnvFailedError;
    expect([error.index, error.seed, error.step]).toEqual([1, 3, 0]);
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1]);
  });

  it("something that is not an Error", async () => {
    const { envs } = withFault({
      beforeStep: () => {
        throw "plain words";
      },
    });
    expect((await playUntilFailure(envs)).message).toContain("plain words");
  });

  it("in its construction: closes the others", () => {
    const first = new CountingEnv();
    const act = () =>
      new SyncVectorEnv([
        () => first,
        () => {
          throw stuck;
        },
      ]);
    expect(act).toThrow(EnvFailedError);
    expect(act).toThrow(/environment 1 .*construction: Error: stuck/);
    expect(first.closed).toBe(2);
  });

  it("in close: closes the others and throws", async () => {
    const { made, envs } = withFault({});
    made[1].close = () => {
      throw stuck;
    };
    const error = (await failure(() => envs.close())) as EnvFailedError;
    expect([error.index, error.cause]).toEqual([1, stuck]);
    expect([made[0].closed > 0, made[2].closed > 0]).toEqual([true, true]);
    await envs.close();
  });
});

describe("SyncVectorEnv when an environment returns invalid results", () => {
  const at3 = (change: (result: StepResult) => unknown): CountingOptions => ({
    length: 10,
    change: (result, step) => (step === 3 ? (change(result) as StepResult) : result),
  });

  it.each<[string, typeof EnvContractError | typeof NonFiniteError, RegExp, CountingOptions]>([
    [
      "a NaN in the observation",
      NonFiniteError,
      /environment 1 .*seed 9, step 3.*observation\[1\] is NaN/,
      at3((r) => ({ ...r, observation: Float32Array.of(0, Number.NaN, 0) })),
    ],
    [
      "an infinite observation",
      NonFiniteError,
      /observation\[2\] is -Infinity/,
      at3((r) => ({ ...r, observation: Float32Array.of(0, 0, Number.NEGATIVE_INFINITY) })),
    ],
    [
      "a NaN reward",
      NonFiniteError,
      /environment 1 .*step 3.*reward is NaN/,
      at3((r) => ({ ...r, reward: Number.NaN })),
    ],
    ["a reward beyond float32", NonFiniteError, /reward is 1e\+39/, at3((r) => ({ ...r, reward: 1e39 }))],
    [
      "no reward",
      EnvContractError,
      /the reward to be a number, received undefined/,
      at3(({ reward: _, ...r }) => r),
    ],
    [
      "an observation of another length",
      EnvContractError,
      /environment 1 .*step 3.*3 float32 values, received Float32Array\(2\)/,
      at3((r) => ({ ...r, observation: new Float32Array(2) })),
    ],
    [
      "an observation of another type",
      EnvContractError,
      /received Float64Array\(3\)/,
      at3((r) => ({ ...r, observation: new Float64Array(3) })),
    ],
    ["no result", EnvContractError, /received undefined/, { change: () => ({}) as StepResult }],
  ])("%s: the error names environment and step; all are closed", async (_, kind, message, options) => {
    const { made, envs } = withFault(options);
    const error = await playUntilFailure(envs, 8);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(made.map((env) => env.closed)).toEqual([1, 1, 1]);
    await expect(envs.step([0, 0, 0])).rejects.toThrow(InvalidStateError);
  });
});

describe("SyncVectorEnv misuse", () => {
  it("rejects a step before reset and any call after close", async () => {
    const { envs } = withFault({});
    await expect(envs.step([0, 0, 0])).rejects.toThrow(/before reset/);
    await envs.reset();
    await envs.close();
    await envs.close();
    await expect(envs.step([0, 0, 0])).rejects.toThrow(InvalidStateError);
    await expect(envs.reset()).rejects.toThrow(InvalidStateError);
    expect(() => envs.render(0)).toThrow(InvalidStateError);
  });

  it("rejects invalid actions before stepping any environment", async () => {
    const { made, envs } = withFault({});
    await envs.reset();
    await expect(envs.step([0, 0])).rejects.toThrow(ShapeError);
    await expect(envs.step([0, 0, 0, 0])).rejects.toThrow(/\[3\].*\[4\]/);
    for (const wrong of [4, -1, 0.5, Number.NaN]) {
      await expect(envs.step([0, 0, wrong])).rejects.toThrow(/actions\[2\].*0\.\.3/);
    }
    expect(made.map((env) => env.seen.length)).toEqual([0, 0, 0]);
    await envs.step([0, 0, 0]);
    expect(made.map((env) => env.seen.length)).toEqual([1, 1, 1]);
  });

  it("rejects invalid seeds", async () => {
    const { envs } = withFault({});
    await expect(envs.reset({ seed: 0.5 })).rejects.toThrow(InvalidArgumentError);
    expect(() => new SyncVectorEnv([() => new CountingEnv()], { seed: Number.NaN })).toThrow(
      InvalidArgumentError,
    );
  });

  it("rejects an empty list, the same environment twice, and different spaces", () => {
    class Wide extends CountingEnv {
      override readonly observationSpace = new Box({ low: 0, high: 1, shape: [4] });
    }
    class Many extends CountingEnv {
      override readonly actionSpace = new Discrete(5);
    }
    class Named extends CountingEnv {
      readonly actionMeanings = ["A", "B", "C", "D"];
    }
    expect(() => new SyncVectorEnv([])).toThrow(InvalidArgumentError);
    const shared = new CountingEnv();
    expect(() => new SyncVectorEnv([() => shared, () => shared])).toThrow(/0 and 1 are the same object/);
    const first = new CountingEnv();
    expect(() => new SyncVectorEnv([() => first, () => new Wide()])).toThrow(
      /observationSpace.*environment 1/,
    );
    expect(first.closed).toBe(1);
    expect(() => new SyncVectorEnv([() => new CountingEnv(), () => new Many()])).toThrow(/actionSpace/);
    expect(() => new SyncVectorEnv([() => new CountingEnv(), () => new Named()])).toThrow(/actionMeanings/);
  });
});
