import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { StateRecord } from "../../src/core/state.js";
import { CartPoleEnv } from "../../src/envs/classic/cart-pole.js";
import { Box, MultiDiscrete } from "../../src/spaces/index.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";
import { CountingEnv, type CountingOptions } from "./counting-env.js";

const vector = (...options: CountingOptions[]) =>
  new SyncVectorEnv(options.map((o) => () => new CountingEnv(o)));
const noop = (n: number) => new Int32Array(n);

describe("SyncVectorEnv", () => {
  it("resets environment i with seed + i", async () => {
    const envs = vector({}, {}, {});
    const { observations, infos } = await envs.reset({ seed: 10 });
    expect([...observations]).toEqual([10, 1, 0, 11, 1, 0, 12, 1, 0]);
    expect(infos).toEqual([{ fresh: true }, { fresh: true }, { fresh: true }]);
    expect([...(await envs.reset()).observations]).toEqual([10, 2, 0, 11, 2, 0, 12, 2, 0]);
  });

  it("passes each environment its own action", async () => {
    const made = [new CountingEnv(), new CountingEnv()];
    const envs = new SyncVectorEnv(made.map((env) => () => env));
    await envs.reset();
    await envs.step([3, 1]);
    await envs.step(Float32Array.of(0, 2));
    expect(made.map((env) => env.seen)).toEqual([
      [3, 0],
      [1, 2],
    ]);
  });

  it("starts the next episode in the step that ends one", async () => {
    const envs = vector({ length: 2 }, { length: 3 });
    await envs.reset({ seed: 0 });
    const first = await envs.step(noop(2));
    expect([...first.terminated, ...first.truncated]).toEqual([0, 0, 0, 0]);
    expect(first.finalObservations).toEqual([null, null]);
    expect([...first.observations]).toEqual([0, 1, 1, 1, 1, 1]);

    const second = await envs.step(noop(2));
    expect([...second.terminated]).toEqual([1, 0]);
    expect(second.finalObservations).toEqual([Float32Array.of(0, 1, 2), null]);
    expect([...second.observations]).toEqual([0, 2, 0, 1, 1, 2]);
    expect([...second.rewards]).toEqual([102, 102]);
    expect(second.infos).toEqual([{ at: 2, episode: { return: 203, length: 2 } }, { at: 2 }]);

    const third = await envs.step(noop(2));
    expect([...third.terminated]).toEqual([0, 1]);
    expect(third.finalObservations).toEqual([null, Float32Array.of(1, 1, 3)]);
    expect([...third.observations]).toEqual([0, 2, 1, 1, 2, 0]);
    expect([...third.rewards]).toEqual([201, 103]);
  });

  it("distinguishes termination and truncation", async () => {
    const envs = vector({ length: 1, truncates: true }, { length: 1 });
    await envs.reset();
    const step = await envs.step(noop(2));
    expect([...step.terminated]).toEqual([0, 1]);
    expect([...step.truncated]).toEqual([1, 0]);
    expect(step.finalObservations.every((final) => final?.[2] === 1)).toBe(true);
  });

  it("handles episodes of one step without losing a reward", async () => {
    const envs = vector({ length: 1 });
    await envs.reset({ seed: 5 });
    for (let episode = 1; episode <= 5; episode++) {
      const step = await envs.step([0]);
      expect(step.rewards[0]).toBe(100 * episode + 1);
      expect(step.terminated[0]).toBe(1);
      expect(step.finalObservations[0]).toEqual(Float32Array.of(5, episode, 1));
      expect([...step.observations]).toEqual([5, episode + 1, 0]);
    }
  });

  it("equals separately stepped environments, for CartPole with random actions", async () => {
    const n = 3;
    const envs = new SyncVectorEnv(
      Array.from({ length: n }, () => () => new CartPoleEnv({ maxEpisodeSteps: 30 })),
    );
    const alone = Array.from({ length: n }, () => new CartPoleEnv({ maxEpisodeSteps: 30 }));
    await envs.reset({ seed: 4 });
    for (let i = 0; i < n; i++) alone[i].reset({ seed: 4 + i });
    const random = new Random(1);
    let ended = 0;
    for (let t = 0; t < 200; t++) {
      const actions = Int32Array.from({ length: n }, () => random.integer(2));
      const step = await envs.step(actions);
      alone.forEach((env, i) => {
        const own = env.step(actions[i]);
        const final = own.observation.slice();
        const over = own.terminated || own.truncated;
        expect(step.finalObservations[i]).toEqual(over ? final : null);
        if (over) env.reset();
        ended += Number(over);
        const present = over ? (env.getState().state as Float64Array) : final;
        expect(step.observations.slice(4 * i, 4 * i + 4)).toEqual(Float32Array.from(present));
        expect([step.rewards[i], step.terminated[i], step.truncated[i]]).toEqual([
          1,
          Number(own.terminated),
          Number(own.truncated),
        ]);
      });
    }
    expect(ended).toBeGreaterThan(10);
  });

  it("reuses its buffers, and returns final observations as copies", async () => {
    const envs = vector({ length: 2 });
    const first = await envs.reset({ seed: 1 });
    const second = await envs.step([0]);
    expect(second.observations).toBe(first.observations);
    expect(second.observations).toBe(envs.observations);
    const third = await envs.step([0]);
    expect(third).toBe(second);
    const final = third.finalObservations[0];
    for (let i = 0; i < 2; i++) await envs.step([0]);
    expect(final).toEqual(Float32Array.of(1, 1, 2));
  });

  it("passes arrays as actions of other spaces", async () => {
    class Arm extends CountingEnv {
      override readonly actionSpace = new Box({ low: -1, high: 1, shape: [2] });
    }
    class Pad extends CountingEnv {
      override readonly actionSpace = new MultiDiscrete([3, 2]);
    }
    const arms = [new Arm(), new Arm()];
    const envs = new SyncVectorEnv(arms.map((arm) => () => arm));
    await envs.reset();
    await envs.step([0.5, -0.5, 1, 0]);
    expect(arms.map((arm) => arm.seen)).toEqual([[Float32Array.of(0.5, -0.5)], [Float32Array.of(1, 0)]]);
    await expect(envs.step([0, 0, 0])).rejects.toThrow(ShapeError);
    await expect(envs.step([0, 0, 0, Number.NaN])).rejects.toThrow(/actions\[3\].*finite/);

    const pads = [new Pad()];
    const multi = new SyncVectorEnv(pads.map((pad) => () => pad));
    await multi.reset();
    await multi.step([2, 1]);
    expect(pads[0].seen).toEqual([Int32Array.of(2, 1)]);
    await expect(multi.step([2, 2])).rejects.toThrow(/actions\[1\].*0\.\.1/);
  });

  it("renders one environment", async () => {
    const envs = vector({}, {});
    await envs.reset({ seed: 7 });
    expect([...envs.render(1).data]).toEqual([8, 1, 0]);
    for (const index of [-1, 2, 0.5]) expect(() => envs.render(index)).toThrow(InvalidArgumentError);
  });

  it("uses its seed option for the first reset only", async () => {
    const factories = [() => new CountingEnv(), () => new CountingEnv()];
    const envs = new SyncVectorEnv(factories, { seed: 20 });
    expect([...(await envs.reset()).observations]).toEqual([20, 1, 0, 21, 1, 0]);
    expect([...(await envs.reset()).observations]).toEqual([20, 2, 0, 21, 2, 0]);
    expect([...(await envs.reset({ seed: 3 })).observations]).toEqual([3, 1, 0, 4, 1, 0]);
  });
});

describe("SyncVectorEnv saves and restores", () => {
  const make = () => new SyncVectorEnv(Array.from({ length: 2 }, () => () => new CartPoleEnv()));

  async function play(envs: SyncVectorEnv, seed: number): Promise<number[]> {
    const random = new Random(seed);
    const seen: number[] = [];
    for (let t = 0; t < 60; t++) {
      const step = await envs.step([random.integer(2), random.integer(2)]);
      seen.push(...step.observations, ...step.rewards, ...step.terminated);
    }
    return seen;
  }

  it("continues exactly without a reset", async () => {
    const one = make();
    await one.reset({ seed: 1 });
    await play(one, 1);
    const saved = one.getState?.() as StateRecord;
    const two = make();
    two.setState?.(saved);
    expect(two.observations).toEqual(one.observations);
    expect(await play(two, 2)).toEqual(await play(one, 2));
    const three = make();
    three.setState?.(saved); // later steps must not have changed it
    expect(three.getState?.()).toEqual(saved);
  });

  it("restores a state from before the first reset", async () => {
    const envs = make();
    const saved = envs.getState?.() as StateRecord;
    await envs.reset();
    envs.setState?.(saved);
    await expect(envs.step([0, 0])).rejects.toThrow(InvalidStateError);
  });

  it("has no states when one environment has none", () => {
    const envs = new SyncVectorEnv([() => Object.assign(new CountingEnv(), { getState: undefined })]);
    expect(envs.getState).toBeUndefined();
    expect(envs.setState).toBeUndefined();
  });

  it("rejects states of other vector environments", async () => {
    const envs = make();
    const good = envs.getState?.() as StateRecord;
    const bad: StateRecord[] = [
      {},
      { ...good, envs: [] },
      { ...good, observations: new Float32Array(4) },
      { ...good, observations: new Float64Array(8) },
      { ...good, seeds: null },
      { ...good, running: 1 },
    ];
    for (const state of bad) expect(() => envs.setState?.(state)).toThrow(InvalidArgumentError);
    await envs.close();
    expect(() => envs.getState?.()).toThrow(InvalidStateError);
    expect(() => envs.setState?.(good)).toThrow(InvalidStateError);
  });
});
