import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { RecordEpisodeStatistics } from "../../src/wrappers/index.js";
import { FakeAtari, play } from "./fake-atari.js";

describe("RecordEpisodeStatistics", () => {
  it.each([{ length: 4 }, { truncatedAt: 4 }])("reports return and length only at the end: %j", (options) => {
    const env = new RecordEpisodeStatistics(new FakeAtari(options));
    for (let game = 0; game < 3; game++) {
      env.reset();
      const episodes = [0, 0, 0, 0].map((action) => env.step(action).info.episode);
      expect(episodes).toEqual([undefined, undefined, undefined, { return: 10, length: 4 }]);
    }
  });

  it("discards an unfinished episode on reset", () => {
    const env = new RecordEpisodeStatistics(new FakeAtari({ length: 2 }));
    env.reset();
    env.step(0);
    env.reset();
    env.step(0);
    expect(env.step(0).info.episode).toEqual({ return: 3, length: 2 });
  });

  it("does not change the environment's infos", () => {
    const inner = new FakeAtari({ length: 1 });
    const shared = { lives: 3 };
    const step = inner.step.bind(inner);
    inner.step = (action) => ({ ...step(action), info: shared });
    const env = new RecordEpisodeStatistics(inner);
    env.reset();
    expect(env.step(0).info).toEqual({ lives: 3, episode: { return: 1, length: 1 } });
    expect(shared).toEqual({ lives: 3 });
  });

  it("continues counting from a saved state", () => {
    const make = () => new RecordEpisodeStatistics(new FakeAtari({ length: 6 }));
    const env = make();
    env.reset();
    play(env, 3);
    const state = structuredClone(env.getState());
    const future = play(env, 9);
    const other = make();
    other.setState(state);
    expect(play(other, 9)).toEqual(future);
    expect(() => other.setState({ ...state, own: {} })).toThrow(InvalidArgumentError);
  });
});
