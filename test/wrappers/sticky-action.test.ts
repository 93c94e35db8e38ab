import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { Box } from "../../src/spaces/index.js";
import { NoopReset, StickyAction } from "../../src/wrappers/index.js";
import { CountingEnv } from "../vector/counting-env.js";
import { FakeAtari, play } from "./fake-atari.js";

// Which of `count` steps repeated the previous action, when the agent changes its action each time.
function sticking(env: StickyAction, inner: FakeAtari, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => {
    const action = 1 + (i % 3);
    env.step(action);
    return inner.log[inner.log.length - 1] !== action;
  });
}

describe("StickyAction", () => {
  it("repeats the previous action a quarter of the time", () => {
    const inner = new FakeAtari({ length: 1e6 });
    const env = new StickyAction(inner);
    env.reset({ seed: 0 });
    const share = sticking(env, inner, 20000).filter(Boolean).length / 20000;
    // An action that was repeated three times in a row matches again: 0.75 * (1/4 + 1/16) / (1 - 1/64) = 0.238
    expect(Math.abs(share - 0.238)).toBeLessThan(0.012); // standard deviation 0.003
  });

  it("sticks to NOOP at the start of an episode", () => {
    const inner = new FakeAtari();
    const env = new StickyAction(inner, { probability: 0.9 });
    const first = Array.from({ length: 40 }, (_, seed) => {
      env.reset({ seed });
      env.step(3);
      return inner.log[inner.log.length - 1];
    });
    expect(new Set(first)).toEqual(new Set([0, 3]));
  });

  it("never repeats actions with probability 0", () => {
    const inner = new FakeAtari();
    const env = new StickyAction(inner, { probability: 0 });
    env.reset();
    expect(sticking(env, inner, 50)).not.toContain(true);
  });

  it("plays the first action unchanged without NOOP, and copies arrays", () => {
    const inner = new CountingEnv();
    Object.assign(inner, { actionSpace: new Box({ low: -1, high: 1, shape: [1] }) });
    const env = new StickyAction(inner, { probability: 0.99 });
    const action = Float32Array.of(0.5);
    for (let episode = 0; episode < 3; episode++) {
      env.reset({ seed: episode });
      action[0] = 0.5;
      env.step(action);
      action[0] = 0.25; // the caller's array must not reach into the past
      env.step(action);
    }
    expect(inner.seen.filter((_, i) => i % 2 === 0)).toEqual(Array(3).fill(Float32Array.of(0.5)));
    expect(inner.seen).toContainEqual(Float32Array.of(0.5));
    expect(inner.seen.slice(1)).toContainEqual(Float32Array.of(0.5));
  });

  it("draws independently of other wrappers with the same seed", () => {
    const outcomes = Array.from({ length: 60 }, (_, seed) => {
      const inner = new FakeAtari();
      const env = new StickyAction(inner, { probability: 0.5 });
      env.reset({ seed });
      const stuck = sticking(env, inner, 1)[0];
      const noops = new NoopReset(new FakeAtari(), { noopMax: 2 }).reset({ seed }).info.noops;
      return `${stuck} ${noops}`;
    });
    expect(new Set(outcomes).size).toBe(4); // all four pairs occur
  });

  it("follows the contract and continues identically from a saved state", () => {
    const make = () => new StickyAction(new FakeAtari({ length: 9 }), { probability: 0.5 });
    checkEnv(make());
    const env = make();
    env.reset({ seed: 2 });
    play(env, 5);
    const state = structuredClone(env.getState());
    const future = play(env, 40);
    const other = make();
    other.setState(state);
    expect(play(other, 40)).toEqual(future);
  });

  it.each([-0.1, 1, Number.NaN])("rejects the probability %s", (probability) => {
    expect(() => new StickyAction(new FakeAtari(), { probability })).toThrow(InvalidArgumentError);
  });
});
