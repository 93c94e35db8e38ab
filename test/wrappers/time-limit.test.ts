import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { TimeLimit } from "../../src/wrappers/index.js";
import { FakeAtari, play } from "./fake-atari.js";

describe("TimeLimit", () => {
  it("truncates at the limit and never terminates", () => {
    const env = new TimeLimit(new FakeAtari(), { maxEpisodeSteps: 3 });
    for (let episode = 0; episode < 2; episode++) {
      env.reset();
      const ends = [0, 1, 2].map((action) => env.step(action));
      expect(ends.map(({ truncated }) => truncated)).toEqual([false, false, true]);
      expect(ends.some(({ terminated }) => terminated)).toBe(false);
      expect(() => env.step(0)).toThrow(InvalidStateError);
    }
  });

  it("does not change an end at or before the limit", () => {
    for (const maxEpisodeSteps of [2, 3]) {
      const env = new TimeLimit(new FakeAtari({ length: 2 }), { maxEpisodeSteps });
      env.reset();
      env.step(0);
      expect(env.step(0)).toMatchObject({ terminated: true, truncated: false });
    }
  });

  it("passes on an earlier truncation", () => {
    const env = new TimeLimit(new FakeAtari({ truncatedAt: 1 }), { maxEpisodeSteps: 5 });
    env.reset();
    expect(env.step(0).truncated).toBe(true);
  });

  it("follows the contract and continues counting from a saved state", () => {
    const make = () => new TimeLimit(new FakeAtari(), { maxEpisodeSteps: 7 });
    checkEnv(make());
    const env = make();
    env.reset({ seed: 1 });
    play(env, 4);
    const state = structuredClone(env.getState());
    const future = play(env, 20);
    const other = make();
    other.setState(state);
    expect(play(other, 20)).toEqual(future);
  });

  it.each([0, 1.5, Number.NaN])("rejects a limit of %s", (maxEpisodeSteps) => {
    expect(() => new TimeLimit(new FakeAtari(), { maxEpisodeSteps })).toThrow(InvalidArgumentError);
  });
});
