import { describe, expect, it } from "vitest";
import { EnvContractError, InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import { checkEnv } from "../../src/envs/check-env.js";
import { EpisodicLife, RecordEpisodeStatistics, TimeLimit } from "../../src/wrappers/index.js";
import { FakeAtari, play, shown } from "./fake-atari.js";

describe("EpisodicLife", () => {
  it("ends an episode with each life, and the game with the last", () => {
    const inner = new FakeAtari({ lives: 3, lifeLostAt: [2, 5, 7] });
    const env = new EpisodicLife(inner);
    env.reset({ seed: 1 });
    expect(env.step(2)).toMatchObject({ terminated: false, info: { lives: 3 } });
    expect(env.step(2)).toMatchObject({ terminated: true, truncated: false, info: { lives: 2 } });
    expect(shown(env.reset())).toEqual([1, 3, 0]); // one NOOP
    expect(env.step(2).terminated).toBe(false);
    expect(env.step(2)).toMatchObject({ terminated: true, info: { lives: 1 } });
    expect(shown(env.reset())).toEqual([1, 6, 0]);
    expect(env.step(2)).toMatchObject({ terminated: true, info: { lives: 0 } });
    expect(shown(env.reset())).toEqual([2, 0, 0]); // a new game
    expect(inner.log).toEqual(["reset", 2, 2, 0, 2, 2, 0, 2, "reset"]);
  });

  it("does not end an episode while lives are 0 and the game continues", () => {
    const inner = new FakeAtari({ lives: 1 });
    const step = inner.step.bind(inner);
    inner.step = (action) => {
      const result = step(action);
      return { ...result, info: { lives: 0 } };
    };
    const env = new EpisodicLife(inner);
    env.reset();
    expect(env.step(0).terminated).toBe(false);
  });

  it("handles an extra life", () => {
    const inner = new FakeAtari({ lives: 3 });
    const env = new EpisodicLife(inner);
    env.reset();
    const step = inner.step.bind(inner);
    let lives = 4;
    inner.step = (action) => ({ ...step(action), info: { lives } });
    expect(env.step(0).terminated).toBe(false);
    lives = 3;
    expect(env.step(0).terminated).toBe(true);
  });

  it("uses the new count after a life lost during the NOOP of a reset", () => {
    const env = new EpisodicLife(new FakeAtari({ lives: 4, lifeLostAt: [1, 2] }));
    env.reset();
    expect(env.step(1).terminated).toBe(true);
    expect(env.reset().info.lives).toBe(2);
    expect(env.step(1).terminated).toBe(false);
  });

  it("starts a new game when the NOOP ends the old one, and keeps its statistics", () => {
    const env = new EpisodicLife(
      new RecordEpisodeStatistics(new FakeAtari({ lives: 2, lifeLostAt: [1, 2] })),
    );
    env.reset();
    expect(env.step(3)).toMatchObject({ terminated: true, info: { lives: 1 } });
    const result = env.reset();
    expect(shown(result)).toEqual([2, 0, 0]);
    expect(result.info).toMatchObject({ lives: 2, episode: { return: 3, length: 2 } });
    expect(env.step(3)).toMatchObject({ terminated: true, info: { lives: 1 } });
  });

  it("passes on statistics of complete games, and truncation", () => {
    const game = { lives: 2, lifeLostAt: [2], truncatedAt: 5 };
    const env = new EpisodicLife(new RecordEpisodeStatistics(new FakeAtari(game)));
    env.reset();
    env.step(0);
    expect(env.step(0).info.episode).toBeUndefined(); // a life, not a game
    env.reset();
    env.step(0);
    const last = env.step(0);
    expect(last).toMatchObject({ terminated: false, truncated: true });
    expect(last.info.episode).toEqual({ return: 15, length: 5 });
    expect(shown(env.reset())).toEqual([2, 0, 0]); // truncation is a real end
  });

  it("reports a life lost in the step that the time limit truncates", () => {
    const env = new EpisodicLife(new TimeLimit(new FakeAtari({ lifeLostAt: [2] }), { maxEpisodeSteps: 2 }));
    env.reset();
    env.step(0);
    expect(env.step(0)).toMatchObject({ terminated: true, truncated: true });
    expect(shown(env.reset())).toEqual([2, 0, 0]); // and the game is over
  });

  it("handles an inner time limit that truncates during the NOOP", () => {
    const env = new EpisodicLife(new TimeLimit(new FakeAtari({ lifeLostAt: [1] }), { maxEpisodeSteps: 2 }));
    env.reset();
    env.step(0);
    expect(shown(env.reset())).toEqual([2, 0, 0]);
  });

  it("plays a NOOP when reset in the middle, but starts a new game with a seed", () => {
    const inner = new FakeAtari();
    const env = new EpisodicLife(inner);
    env.reset({ seed: 1 });
    env.step(2);
    expect(shown(env.reset())).toEqual([1, 2, 0]);
    expect(shown(env.reset({ seed: 1 }))).toEqual([1, 0, 0]);
    expect(inner.seeds).toEqual([1, 1]);
  });

  it("handles games of one step", () => {
    const env = new EpisodicLife(new FakeAtari({ length: 1 }));
    for (let game = 1; game < 5; game++) {
      expect(shown(env.reset())).toEqual([game, 0, 0]);
      expect(env.step(1).terminated).toBe(true);
    }
  });

  it("rejects steps between lives", () => {
    const env = new EpisodicLife(new FakeAtari({ lifeLostAt: [1] }));
    expect(() => env.step(0)).toThrow(InvalidStateError);
    env.reset();
    env.step(0);
    expect(() => env.step(0)).toThrow(InvalidStateError);
  });

  it("follows the contract and continues identically from a state saved between lives", () => {
    const make = () => new EpisodicLife(new FakeAtari({ lifeLostAt: [4, 9], length: 15 }));
    checkEnv(make());
    const env = make();
    env.reset({ seed: 3 });
    for (let i = 0; i < 4; i++) env.step(i);
    const state = structuredClone(env.getState());
    const goOn = (e: EpisodicLife) => [shown(e.reset()), play(e, 40)];
    const other = make();
    const future = goOn(env);
    other.setState(state);
    expect(goOn(other)).toEqual(future);
    expect(() => other.setState({ ...state, own: {} })).toThrow(InvalidArgumentError);
  });

  it("requires NOOP and lives", () => {
    expect(() => new EpisodicLife(new FakeAtari({ actionMeanings: ["FIRE"] }))).toThrow(InvalidArgumentError);
    const inner = new FakeAtari();
    const reset = inner.reset.bind(inner);
    inner.reset = () => ({ ...reset(), info: {} });
    expect(() => new EpisodicLife(inner).reset()).toThrow(EnvContractError);
  });
});
