import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import type { StateRecord } from "../../../src/core/state.js";
import { CartPoleEnv } from "../../../src/envs/classic/cart-pole.js";
import trace from "./cart-pole-trace.json";

// The trace was recorded from CartPole-v1 of Gymnasium 1.4.

function at(env: CartPoleEnv, state: number[]): void {
  env.reset({ seed: 0 });
  env.setState({ ...env.getState(), state: Float64Array.from(state) });
}

const stateOf = (env: CartPoleEnv) => env.getState().state as Float64Array;

describe("CartPoleEnv equals Gymnasium's CartPole-v1", () => {
  it("in single steps from states all over the track", () => {
    const env = new CartPoleEnv();
    for (const step of trace.steps) {
      at(env, step.state);
      const { observation, reward, terminated, truncated } = env.step(step.action);
      step.next.forEach((value, i) => {
        expect(Math.abs(stateOf(env)[i] - value)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(value)));
      });
      expect([...observation]).toEqual(step.observation);
      expect([reward, terminated, truncated]).toEqual([step.reward, step.terminated, false]);
    }
    expect(trace.steps.filter((step) => step.terminated).length).toBeGreaterThan(3);
  });

  it.each(trace.episodes)("over a whole episode of $length steps", (episode) => {
    const env = new CartPoleEnv();
    at(env, episode.start);
    const expected = new Map(episode.observations.map(([n, ...values]) => [n, values]));
    for (let n = 1; n <= episode.length; n++) {
      const step = env.step(Number(episode.actions[n - 1]));
      expected.get(n)?.forEach((value, i) => {
        expect(step.observation[i]).toBeCloseTo(value, 6);
      });
      expect(step.terminated).toBe(n === episode.length && episode.terminated);
      expect(step.truncated).toBe(n === episode.length && episode.truncated);
    }
  });
});

describe("CartPoleEnv", () => {
  it("starts within 0.05 of rest, determined by the seed", () => {
    const env = new CartPoleEnv();
    const first = env.reset({ seed: 5 }).observation.slice();
    expect(first.every((v) => Math.abs(v) < 0.05)).toBe(true);
    expect(env.reset({ seed: 5 }).observation).toEqual(first);
    expect(env.reset().observation).not.toEqual(first);
    expect(env.reset({ seed: 6 }).observation).not.toEqual(first);
  });

  it("has the same spaces as Gymnasium", () => {
    const { observationSpace, actionSpace } = new CartPoleEnv();
    const infinity = Number.POSITIVE_INFINITY;
    expect([...(observationSpace.high as Float64Array)]).toEqual([
      Math.fround(4.8),
      infinity,
      Math.fround(0.41887903),
      infinity,
    ]);
    expect(actionSpace.n).toBe(2);
  });

  it("can terminate and be truncated in the same step", () => {
    const env = new CartPoleEnv({ maxEpisodeSteps: 1 });
    at(env, [2.39, 10, 0, 0]);
    const { terminated, truncated, reward } = env.step(1);
    expect([terminated, truncated, reward]).toEqual([true, true, 1]);
  });

  it("continues exactly from a saved state, into the next episodes", () => {
    const play = (env: CartPoleEnv, seed: number): number[] => {
      const actions = new Random(seed);
      const seen: number[] = [];
      for (let i = 0; i < 60; i++) {
        const step = env.step(actions.integer(2));
        seen.push(...step.observation);
        if (step.terminated) seen.push(...env.reset().observation);
      }
      return seen;
    };
    const one = new CartPoleEnv();
    one.reset({ seed: 1 });
    play(one, 2);
    const saved = one.getState();
    const two = new CartPoleEnv();
    two.setState(saved);
    expect(play(two, 3)).toEqual(play(one, 3));
  });

  it("renders cart and pole at their positions", () => {
    const env = new CartPoleEnv();
    at(env, [0, 0, 0, 0]);
    const frame = env.render();
    expect([frame.height, frame.width, frame.data.length]).toEqual([400, 600, 720_000]);
    const pixel = (f: typeof frame, row: number, column: number) => [
      ...f.data.subarray((row * f.width + column) * 3, (row * f.width + column) * 3 + 3),
    ];
    expect(pixel(frame, 10, 10)).toEqual([255, 255, 255]);
    expect(pixel(frame, 200, 300)).toEqual([205, 133, 63]);
    expect(pixel(frame, 295, 320)).toEqual([30, 60, 90]);
    at(env, [1.2, 0, 0.3, 0]);
    const moved = env.render();
    expect(pixel(moved, 295, 320)).toEqual([255, 255, 255]);
    expect(pixel(moved, 295, 470)).toEqual([30, 60, 90]);
    const lean = Math.round(450 + 100 * Math.sin(0.3));
    expect(pixel(moved, Math.round(284 - 100 * Math.cos(0.3)), lean)).toEqual([205, 133, 63]);
    at(env, [2.5, 0, 3, 0]);
    expect(env.render().data).toHaveLength(720_000);
  });

  it("rejects calls at the wrong time", () => {
    const env = new CartPoleEnv({ maxEpisodeSteps: 2 });
    expect(() => env.step(0)).toThrow(InvalidStateError);
    expect(() => env.render()).toThrow(InvalidStateError);
    env.reset({ seed: 0 });
    env.step(0);
    expect(env.step(1).truncated).toBe(true);
    expect(() => env.step(0)).toThrow(/end of the episode/);
    env.reset();
    const saved = env.getState();
    env.close();
    env.close();
    expect(() => env.step(0)).toThrow(InvalidStateError);
    expect(() => env.reset()).toThrow(InvalidStateError);
    expect(() => env.render()).toThrow(InvalidStateError);
    expect(() => env.setState(saved)).toThrow(InvalidStateError);
  });

  it.each([-1, 2, 0.5, Number.NaN, Int32Array.of(1)])("rejects action %s", (action) => {
    const env = new CartPoleEnv();
    env.reset({ seed: 0 });
    const before = env.getState();
    expect(() => env.step(action)).toThrow(InvalidArgumentError);
    expect(env.getState()).toEqual(before);
  });

  it("rejects invalid options and states", () => {
    expect(() => new CartPoleEnv({ maxEpisodeSteps: 0 })).toThrow(InvalidArgumentError);
    expect(() => new CartPoleEnv({ maxSteps: 5 } as never)).toThrow(/maxSteps.*maxEpisodeSteps/);
    const env = new CartPoleEnv();
    const good = env.getState();
    const bad: StateRecord[] = [
      {},
      { ...good, phase: "closed" },
      { ...good, steps: 0.5 },
      { ...good, state: new Float64Array(3) },
      { ...good, random: {} },
      { ...good, random: null },
    ];
    for (const state of bad) expect(() => env.setState(state)).toThrow(InvalidArgumentError);
  });
});
