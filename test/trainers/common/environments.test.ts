import { expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import type { Env } from "../../../src/envs/env.js";
import { make } from "../../../src/envs/registry.js";
import { environmentsOf } from "../../../src/trainers/common/environments.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import type { VectorEnv } from "../../../src/vector/vector-env.js";

it("makes wrapped environments from an id", () => {
  const seen: number[] = [];
  const wrapper = (env: Env, index: number) => {
    seen.push(index);
    return env;
  };
  expect(environmentsOf({ env: "CartPole-v1", wrapper }, 3).numEnvs).toBe(3);
  expect(seen).toEqual([0, 1, 2]);
});

it("returns a vector environment unchanged", () => {
  const env = makeVecEnv("CartPole-v1", { numEnvs: 2 });
  expect(environmentsOf({ env }, 8)).toBe(env);
});

it.each([
  ["a single environment", make("CartPole-v1")],
  ["a function", () => make("CartPole-v1")],
  ["nothing", undefined],
])("rejects %s, and says what to do", (_, env) => {
  const asked = () => environmentsOf({ env: env as unknown as VectorEnv }, 1);
  expect(asked).toThrow(InvalidArgumentError);
  expect(asked).toThrow(/env: expected an id or a vector environment; .*SyncVectorEnv/);
});
