import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import {
  checkMemory,
  checkMemorySizes,
  savedEnvironments,
  savedObservations,
  withoutOpenEpisodes,
} from "../../../src/trainers/dqn/dqn-checkpoint.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { CountingEnv } from "../../vector/counting-env.js";

const lengths = (given: Record<string, number>) => new Map(Object.entries(given)) as never;

describe("savedEnvironments", () => {
  it("goes by the memory, or by the observations where their size is known", () => {
    expect(savedEnvironments(lengths({ "memory.heads": 8 }), 3)).toBe(8);
    expect(savedEnvironments(lengths({ observations: 12 }), 3)).toBe(4);
    expect(savedEnvironments(lengths({ observations: 12 }), undefined)).toBeUndefined();
    expect(savedEnvironments(lengths({}), 3)).toBeUndefined();
  });
});

describe("checkMemorySizes", () => {
  const options = { env: "CartPole-v1", numEnvs: 3, capacity: 100, prioritized: {} } as const;

  it("wants as many priorities as the capacity says, for the same environments", () => {
    const sizes = (priorities: number, heads = 3) =>
      lengths({ "memory.heads": heads, "memory.priorities": priorities });
    expect(() => checkMemorySizes(options, sizes(99))).not.toThrow();
    expect(() => checkMemorySizes(options, sizes(100))).toThrow(
      /expected 99 of them, as capacity says, received 100/,
    );
    expect(() => checkMemorySizes(options, sizes(7, 5))).not.toThrow(); // the memory is dropped then
  });

  it("asks again for a capacity whose trees would be large", () => {
    const large = { ...options, capacity: 2 ** 30 };
    expect(() => checkMemorySizes(large, lengths({}))).toThrow(
      /without a memory of that size: give capacity again/,
    );
    expect(() => checkMemorySizes({ ...large, prioritized: null }, lengths({}))).not.toThrow();
  });
});

describe("checkMemory", () => {
  it("finds actions that there are not", () => {
    expect(() => checkMemory({ actions: [Int32Array.of(0, 1)] }, 2)).not.toThrow();
    const check = () => checkMemory({ actions: [Int32Array.of(0), Int32Array.of(1, 2)] }, 2);
    expect(check).toThrow(CheckpointError);
    expect(check).toThrow(/"memory.actions.1": expected numbers in 0\.\.1, received 2 at 1/);
  });
});

describe("observations and new episodes", () => {
  const env = new SyncVectorEnv([0, 1].map(() => () => new CountingEnv()));
  const size = 2 * env.observationSpace.shape[0];
  const { dtype } = env.observationSpace;

  it("takes observations of the environments alone", () => {
    const right = dtype === "float32" ? new Float32Array(size) : new Int32Array(size);
    expect(savedObservations(right, env)).toBe(right);
    for (const wrong of [null, right.slice(1), new Float64Array(size)]) {
      expect(() => savedObservations(wrong, env)).toThrow(/"observations": expected 6 finite numbers/);
    }
    if (right instanceof Float32Array) {
      const broken = right.slice();
      broken[2] = Number.NaN;
      expect(() => savedObservations(broken, env)).toThrow(CheckpointError);
    }
  });

  it("keeps the memory unless there are more or fewer environments", () => {
    const state = { env: {}, observations: new Float32Array(6), memory: { a: 1 }, other: 2 };
    expect(withoutOpenEpisodes(state, {}, false)).toEqual({
      env: null,
      observations: null,
      memory: { a: 1 },
      other: 2,
    });
    expect(withoutOpenEpisodes(state, {}, true).memory).toBeNull();
  });
});
