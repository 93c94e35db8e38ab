import { describe, expect, it } from "vitest";
import { InvalidStateError } from "../../src/core/errors.js";
import type { Action, Env } from "../../src/envs/env.js";
import { TimeLimit, Wrapper } from "../../src/wrappers/index.js";
import { FakeAtari, play } from "./fake-atari.js";

class DoubleReward extends Wrapper {
  override step(action: Action) {
    const result = super.step(action);
    return { ...result, reward: 2 * result.reward };
  }
}

describe("Wrapper", () => {
  it("passes everything on", () => {
    const inner = new FakeAtari();
    const env = new DoubleReward(new TimeLimit(inner, { maxEpisodeSteps: 50 }));
    expect(env.unwrapped).toBe(inner);
    expect(env.id).toBe(inner.id);
    expect(env.observationSpace).toBe(inner.observationSpace);
    expect(env.actionSpace).toBe(inner.actionSpace);
    expect(env.actionMeanings).toBe(inner.actionMeanings);
    expect(env.reset({ seed: 4 }).info).toEqual({ lives: 3, game: 1 });
    expect(inner.seeds).toEqual([4]);
    env.step(2);
    expect(env.step(3).reward).toBe(4);
    expect(env.render().data.slice(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
    env.close();
    expect(() => env.step(0)).toThrow(InvalidStateError);
  });

  it("saves and restores the inner state and its own", () => {
    const env = new DoubleReward(new TimeLimit(new FakeAtari(), { maxEpisodeSteps: 7 }));
    env.reset({ seed: 1 });
    play(env, 3);
    const state = structuredClone(env.getState());
    const future = play(env, 20);
    const other = new DoubleReward(new TimeLimit(new FakeAtari(), { maxEpisodeSteps: 7 }));
    other.setState(state);
    expect(play(other, 20)).toEqual(future);
  });

  it("rejects the state of other wrappers", () => {
    const limited = () => new TimeLimit(new FakeAtari(), { maxEpisodeSteps: 7 });
    const twice = new DoubleReward(limited());
    for (const state of [{}, new FakeAtari().getState(), limited().getState()]) {
      expect(() => twice.setState(state)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
    twice.setState(twice.getState());
  });

  it("has no getState and setState if the inner environment has none", () => {
    const inner: Env = new FakeAtari();
    inner.getState = undefined;
    inner.setState = undefined;
    const env: Env = new TimeLimit(new DoubleReward(inner), { maxEpisodeSteps: 5 });
    expect([env.getState, env.setState]).toEqual([undefined, undefined]);
    expect(new DoubleReward(new FakeAtari()).getState()).toHaveProperty("env");
  });
});
