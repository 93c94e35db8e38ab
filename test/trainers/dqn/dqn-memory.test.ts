import { describe, expect, it } from "vitest";
import { PrioritizedReplayMemory } from "../../../src/memory/index.js";
import { checkStack, makeMemory, placeInMemory } from "../../../src/trainers/dqn/dqn-memory.js";
import { dqnDefaults } from "../../../src/trainers/dqn/dqn-options.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { CountingEnv } from "../../vector/counting-env.js";

const env = new SyncVectorEnv([0, 1].map(() => () => new CountingEnv()));
const options = { ...dqnDefaults, capacity: 100, nStep: 3, gamma: 0.5 };

describe("makeMemory", () => {
  it("makes the memory of the options for all environments", () => {
    const memory = makeMemory(env, options);
    expect(memory).not.toBeInstanceOf(PrioritizedReplayMemory);
    expect([memory.capacity, memory.numEnvs, memory.nStep, memory.gamma]).toEqual([100, 2, 3, 0.5]);
  });

  it("is prioritized if the options say so", () => {
    const memory = makeMemory(env, { ...options, prioritized: { alpha: 1, epsilon: 0.5 } });
    expect(memory).toBeInstanceOf(PrioritizedReplayMemory);
  });

  it("names the option that does not fit the observations", () => {
    expect(() => makeMemory(env, { ...options, numStack: 2 })).toThrow(/numStack/);
    expect(() => makeMemory(env, { ...options, capacity: 3 })).toThrow(/capacity/);
  });
});

describe("placeInMemory", () => {
  it("gives the memory's own frames, and nothing for other arrays", () => {
    const memory = makeMemory(env, options);
    const place = placeInMemory({ memory });
    expect(place(["observations"], "float32", 6)).toBeUndefined();
    expect(place(["memory", "rewards", "0"], "float32", 50)).toBeUndefined();
    const { dtype } = env.observationSpace;
    expect(place(["memory", "frames", "0", "0"], dtype, 50 * 3)).toHaveLength(50 * 3);
    expect(place(["memory", "frames", "2", "0"], dtype, 50 * 3)).toBeUndefined();
  });
});

describe("checkStack", () => {
  it("finds observations that are not the last frames, oldest first", () => {
    const stacked = { observationSpace: { shape: [2], dtype: "float32" }, numEnvs: 1 } as never;
    const memory = makeMemory(stacked, { ...options, numStack: 2 });
    memory.start(0, Float32Array.of(1, 1));
    const add = (...nextObservation: number[]) =>
      memory.add(0, {
        action: 0,
        reward: 0,
        nextObservation: Float32Array.from(nextObservation),
        terminated: 0,
        truncated: 0,
      });
    add(1, 2);
    expect(() => checkStack(memory, 0, Float32Array.of(1, 2))).not.toThrow();
    expect(() => checkStack(memory, 0, Float32Array.of(2, 1))).toThrow(/not the last 2 frames.*FrameStack/);
  });
});
