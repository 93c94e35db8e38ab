import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { PrioritizedReplayMemory, type ReplayBatch, ReplayMemory } from "../../src/memory/index.js";
import { NaiveReplay } from "./naive-replay.js";

const frame = (number: number) => [number, -number, 3 * number, 7];
const picture = (pixels: number) => (number: number) =>
  Array.from({ length: pixels }, (_, pixel) => (number * 7 + pixel * 13) & 0xff);

describe.each([
  { numStack: 1, nStep: 1, numEnvs: 1, capacity: 12, pixels: 0 },
  { numStack: 4, nStep: 1, numEnvs: 1, capacity: 30, pixels: 0 },
  { numStack: 3, nStep: 3, numEnvs: 2, capacity: 41, pixels: 0 },
  { numStack: 2, nStep: 5, numEnvs: 3, capacity: 60, pixels: 0 },
  { numStack: 4, nStep: 2, numEnvs: 1, capacity: 7, pixels: 0 },
  // Bytes, which kernels join.
  { numStack: 4, nStep: 1, numEnvs: 1, capacity: 30, pixels: 18 },
  { numStack: 3, nStep: 3, numEnvs: 2, capacity: 41, pixels: 33 },
  { numStack: 4, nStep: 7, numEnvs: 1, capacity: 50, pixels: 16 },
])("random operations against lists: %o", ({ pixels, ...options }) => {
  it.each([ReplayMemory, PrioritizedReplayMemory])("%o", (Memory) => {
    for (const [seed, endProbability] of [0.02, 0.1, 0.5].entries()) {
      const memory = new Memory({
        ...options,
        gamma: 0.9,
        observationShape: pixels ? [pixels, options.numStack] : [2, 2, options.numStack],
        observationDtype: pixels ? "uint8" : "int32",
      });
      const naive = new NaiveReplay(memory, pixels ? picture(pixels) : frame, seed);
      const random = new Random(seed + 100);
      for (let i = 0; i < 200; i++) {
        naive.play(endProbability);
        const expected = naive.ready();
        expect(memory.size).toBe(expected.size);
        if (expected.size > 0 && i % 5 === 0) check(memory.sample(6, random), naive, expected);
      }
    }
  });
});

function check(batch: ReplayBatch, naive: NaiveReplay, expected: ReturnType<NaiveReplay["ready"]>): void {
  const size = batch.observations.length / batch.size;
  for (let i = 0; i < batch.size; i++) {
    const transition = expected.get(batch.actions[i]);
    expect(transition).toBeDefined();
    const { stack, next, reward, discount } = transition!;
    expect([...batch.observations.subarray(i * size, (i + 1) * size)]).toEqual([...naive.join(stack)]);
    expect([...batch.nextObservations.subarray(i * size, (i + 1) * size)]).toEqual([...naive.join(next)]);
    expect(batch.rewards[i]).toBeCloseTo(reward, 5);
    expect(batch.discounts[i]).toBeCloseTo(discount, 6);
    expect(batch.terminated[i]).toBe(discount === 0 ? 1 : 0);
  }
}

describe("ReplayMemory", () => {
  const vectors = { observationShape: [1], observationDtype: "float32" } as const;
  const step = (action: number, terminated = false) => ({
    action,
    reward: action,
    nextObservation: Float32Array.of(action + 1),
    terminated,
    truncated: false,
  });

  it("samples every transition with the same probability", () => {
    const memory = new ReplayMemory({ ...vectors, capacity: 50 });
    memory.start(0, Float32Array.of(0));
    for (let i = 0; i < 120; i++) {
      memory.add(0, step(i, i % 13 === 12));
      if (i % 13 === 12) memory.start(0, Float32Array.of(i + 1));
    }
    const counts = new Map<number, number>();
    const random = new Random(3);
    const draws = 400;
    for (let i = 0; i < draws; i++) {
      for (const action of memory.sample(100, random).actions)
        counts.set(action, (counts.get(action) ?? 0) + 1);
    }
    expect(counts.size).toBe(memory.size);
    const each = (100 * draws) / memory.size;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - each) ** 2 / each, 0);
    // 44 degrees of freedom: 78.75 is exceeded once in a thousand.
    expect(memory.size).toBe(45);
    expect(chiSquare).toBeLessThan(78.75);
  });

  it("continues exactly from its state, whatever the blocks", () => {
    const options = { capacity: 37, numEnvs: 2, numStack: 3, nStep: 2 } as const;
    const make = () =>
      new PrioritizedReplayMemory({ ...options, observationShape: [2, 2, 3], observationDtype: "int32" });
    const memory = make();
    const naive = new NaiveReplay(memory, frame, 8);
    for (let i = 0; i < 90; i++) {
      naive.play(0.1);
      if (i < 5) continue;
      memory.updatePriorities(memory.sample(4, new Random(i)), Float32Array.of(i, 1, 2, 3));
    }
    const copy = make();
    copy.setState(structuredClone(memory.getState()));
    expect(copy.getState()).toEqual(memory.getState());
    expect(copy.size).toBe(memory.size);
    for (const random of [new Random(1), new Random(2)]) {
      const twin = new Random();
      twin.setState(random.getState());
      expect(structuredClone(copy.sample(16, random))).toEqual(memory.sample(16, twin));
    }
    const other = new PrioritizedReplayMemory({
      ...options,
      capacity: 40,
      observationShape: [2, 2, 3],
      observationDtype: "int32",
    });
    expect(() => other.setState(memory.getState())).toThrow(/18 frames of 4|20 frames of 4/);
  });

  it.each([2, 3, 4, 5])("handles byte frames, %i in a stack, like other frames", (k) => {
    const random = new Random(4);
    const observationShape = [4, 6, k];
    const memory = new ReplayMemory({
      capacity: 40,
      observationShape,
      observationDtype: "uint8",
      numStack: k,
    });
    const pixels = Array.from({ length: 20 }, () =>
      Uint8Array.from({ length: 24 }, () => random.integer(256)),
    );
    const size = 24 * k;
    const stack = (last: number) =>
      Uint8Array.from(
        { length: size },
        (_, i) => pixels[Math.max(0, last + 1 - k + (i % k))][Math.floor(i / k)],
      );
    memory.start(0, stack(0));
    for (let i = 0; i < 19; i++) memory.add(0, { ...step(i), nextObservation: stack(i + 1) });
    const batch = memory.sample(64, random);
    batch.actions.forEach((action, i) => {
      expect(batch.observations.subarray(i * size, (i + 1) * size)).toEqual(stack(action));
      expect(batch.nextObservations.subarray(i * size, (i + 1) * size)).toEqual(stack(action + 1));
    });
    expect(memory.latest(0)).toEqual(stack(19));
  });

  it("resumed within an episode, it has the earlier frames, and no steps before", () => {
    const memory = new ReplayMemory({ ...vectors, observationShape: [2, 3], capacity: 9, numStack: 3 });
    // Two elements per frame, oldest frame first along the last axis.
    const stack = (t: number) => Float32Array.of(t - 2, t - 1, t, 22 - t, 21 - t, 20 - t);
    memory.start(0, stack(5), true);
    expect([memory.latest(0), memory.size]).toEqual([stack(5), 0]);
    for (let t = 6; t < 17; t++) {
      memory.add(0, { ...step(t), nextObservation: stack(t) });
      expect(memory.latest(0)).toEqual(stack(t));
      const { actions, observations, nextObservations } = memory.sample(1, new Random(t));
      expect(nextObservations).toEqual(stack(actions[0]));
      expect(observations).toEqual(stack(actions[0] - 1));
    }
  });

  it("is unchanged by an observation of a wrong size", () => {
    const memory = new ReplayMemory({ ...vectors, capacity: 9 });
    memory.start(0, new Float32Array(vectors.observationShape[0]));
    memory.add(0, step(1));
    const before = structuredClone(memory.getState());
    const wrong = { ...step(2), nextObservation: new Float32Array(99) };
    expect(() => memory.add(0, wrong)).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(memory.getState()).toEqual(before);
  });

  it.each([ReplayMemory, PrioritizedReplayMemory])("rejects invalid steps and states: %o", (Memory) => {
    const memory = new Memory({
      capacity: 20,
      numEnvs: 2,
      observationShape: [1],
      observationDtype: "float32",
    });
    const step = {
      action: 1,
      reward: 1,
      nextObservation: Float32Array.of(2),
      terminated: false,
      truncated: false,
    };
    const refused = (run: () => unknown, code: string, message: RegExp) =>
      expect(run).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    const random = new Random(0);
    for (const env of [2, -1, 0.5, Number.NaN]) {
      const message = new RegExp(`^env: expected an integer in 0\\.\\.1, received ${env}`);
      refused(() => memory.start(env, Float32Array.of(1)), "INVALID_ARGUMENT", message);
      refused(() => memory.add(env, step), "INVALID_ARGUMENT", message);
      refused(() => memory.latest(env), "INVALID_ARGUMENT", message);
    }
    refused(() => memory.latest(0), "INVALID_STATE", /start\(\)/);
    memory.start(0, Float32Array.of(1));
    memory.add(0, step);
    const before = structuredClone(memory.getState());
    for (const action of [Number.NaN, 1.5, 2 ** 31]) {
      refused(() => memory.add(0, { ...step, action }), "INVALID_ARGUMENT", /^action: .* received/);
    }
    for (const reward of [Number.NaN, Number.POSITIVE_INFINITY, -1e300]) {
      refused(() => memory.add(0, { ...step, reward }), "NON_FINITE", /reward of environment 0 is/);
    }
    expect(memory.getState()).toEqual(before);
    for (const size of [Number.NaN, -1, 0, 1.5]) {
      refused(() => memory.sample(size, random), "INVALID_ARGUMENT", /^batchSize: .* received/);
    }
    expect(memory.sample(3, random).rewards).toEqual(Float32Array.of(1, 1, 1));
  });

  it("names invalid options", () => {
    expect(() => new ReplayMemory({ ...vectors, capacity: 2 })).toThrow(/at least 3/);
    expect(() => new ReplayMemory({ ...vectors, capacity: 9, numStack: 2 })).toThrow(/not 2 frames/);
    expect(() => new ReplayMemory({ ...vectors, capacity: 9, gamma: 2 })).toThrow(/gamma/);
    const memory = new ReplayMemory({ ...vectors, capacity: 9 });
    expect(() => memory.add(0, step(0))).toThrow(/start\(\)/);
    expect(() => memory.sample(1, new Random(0))).toThrow(/empty/);
    expect(() => memory.start(0, new Float32Array(2))).toThrow(/observation/);
  });

  it("needs no more than 7.3 GB for a million frames", () => {
    const memory = new ReplayMemory({
      capacity: 10_000,
      observationShape: [84, 84, 4],
      observationDtype: "uint8",
      numStack: 4,
    });
    expect(100 * memory.byteLength).toBe(7_056_000_000);
  });
});
