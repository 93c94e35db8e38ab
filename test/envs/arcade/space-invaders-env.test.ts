import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import {
  SpaceInvadersEnv,
  SpaceInvadersFeature,
  type SpaceInvadersOptions,
  SpaceInvadersPlayer,
} from "../../../src/envs/arcade/index.js";
import { checkEnv } from "../../../src/envs/check-env.js";
import { make } from "../../../src/envs/registry.js";
import { wrapDeepmind } from "../../../src/wrappers/index.js";
import { hash } from "./replay.js";

function started(options: SpaceInvadersOptions = {}, seed = 0): SpaceInvadersEnv {
  const env = new SpaceInvadersEnv(options);
  env.reset({ seed });
  return env;
}

/** Plays random actions and records what `step` returns, observations as hashes. */
function play(env: SpaceInvadersEnv, steps: number, seed: number): unknown[] {
  const random = new Random(seed);
  return Array.from({ length: steps }, () => {
    const { observation, ...rest } = env.step(random.integer(6));
    if (rest.terminated || rest.truncated) env.reset();
    return { observation: hash(new Uint8Array(observation.slice().buffer)), ...rest };
  });
}

describe("SpaceInvadersEnv", () => {
  it.each([{}, { observation: "features" }] as const)("follows the environment contract with %o", (options) =>
    checkEnv(new SpaceInvadersEnv(options), { steps: 60 }),
  );

  it("has ALE's actions, lives and screen", () => {
    const env = new SpaceInvadersEnv();
    expect(env.actionMeanings).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"]);
    expect(env.observationSpace.shape).toEqual([210, 160, 3]);
    expect(env.reset({ seed: 0 }).info).toEqual({ lives: 3, frameNumber: 0, episodeFrameNumber: 0 });
  });

  it("renders the screen whatever the observation type", () => {
    const env = started();
    const observed = env.step(1).observation as Uint8Array;
    expect(hash(env.render().data)).toBe(hash(observed));
    const features = started({ observation: "features" });
    features.step(1);
    expect(hash(features.render().data)).toBe(hash(observed));
  });

  it("is registered as Arcade/SpaceInvaders-v0", () => {
    const env = make("Arcade/SpaceInvaders-v0", { observation: "features" });
    expect(env).toBeInstanceOf(SpaceInvadersEnv);
    expect(() => make("Arcade/SpaceInvaders-v0", { frameSkip: 2 })).toThrow(/did you mean frameskip\?/);
  });

  it("rejects invalid options, actions and states", () => {
    expect(() => new SpaceInvadersEnv({ frameskip: 0 })).toThrow(InvalidArgumentError);
    expect(() => new SpaceInvadersEnv({ velocity: true } as SpaceInvadersOptions)).toThrow(
      /velocity: is not an option of SpaceInvadersEnv/,
    );
    expect(() => new SpaceInvadersEnv().step(0)).toThrow(InvalidStateError);
    const env = started();
    expect(() => env.step(6)).toThrow(/5 LEFTFIRE; received 6/);
    expect(() => env.setState({ ...env.getState(), game: {} })).toThrow(InvalidArgumentError);
  });
});

describe("randomness", () => {
  it("is determined by the seed", () => {
    const trajectory = (seed: number) => play(started({ observation: "features" }, seed), 400, 9);
    expect(trajectory(3)).toEqual(trajectory(3));
    expect(trajectory(3)).not.toEqual(trajectory(4));
  });

  it("gives a random player the same mean return as the original", () => {
    const env = started({ observation: "features" }, 5);
    const random = new Random(2);
    let total = 0;
    let frames = 0;
    const games = 250;
    for (let game = 0; game < games; game++) {
      env.reset();
      for (let done = false; !done; ) {
        const step = env.step(random.integer(6));
        total += step.reward;
        done = step.terminated;
        if (done) frames += step.info.episodeFrameNumber as number;
      }
    }
    // 200 games in ALE: 142.1 points with a standard error of 7.2, 1983 frames with one of 43.
    expect(total / games).toBeGreaterThan(130);
    expect(total / games).toBeLessThan(170);
    expect(frames / games).toBeGreaterThan(1900);
    expect(frames / games).toBeLessThan(2200);
  });
});

describe("saved states", () => {
  it.each(["rgb", "features"] as const)(
    "continue frame by frame like the original run (%s)",
    (observation) => {
      const env = started({ observation });
      play(env, 300, 1);
      const state = env.getState();
      const before = structuredClone(state);
      const first = play(env, 60, 2);
      expect(state).toEqual(before);
      env.setState(state);
      expect(play(env, 60, 2)).toEqual(first);
      const other = new SpaceInvadersEnv({ observation });
      other.setState(state);
      expect(play(other, 60, 2)).toEqual(first);
    },
  );
});

it("works with DeepMind's preprocessing", () => {
  const env = wrapDeepmind(new SpaceInvadersEnv({ frameskip: 1, repeatActionProbability: 0 }));
  expect(env.observationSpace.shape).toEqual([84, 84, 4]);
  env.reset({ seed: 0 });
  const random = new Random(0);
  let shots = 0;
  for (let n = 0; n < 250; n++) {
    const { observation, terminated, truncated } = env.step(random.integer(6));
    const frame = observation as Uint8Array;
    expect(frame.length).toBe(84 * 84 * 4);
    // Between the shields and the ground there can only be shots.
    for (let i = 72 * 84 * 4; i < 73 * 84 * 4; i++) if (frame[i] > 0) shots++;
    if (terminated || truncated) env.reset();
  }
  expect(shots).toBeGreaterThan(0);
});

describe("features", () => {
  const at = SpaceInvadersFeature;

  it("describe the state of the game", () => {
    const env = started({ observation: "features", frameskip: 1, repeatActionProbability: 0 });
    for (let n = 0; n < 139; n++) env.step(0);
    const { game } = env;
    game.gun = 75;
    Object.assign(game, { missileRow: 145, missileColumn: 60, mothership: 118, mothershipDirection: -1 });
    game.formation.remove(1, 2);
    game.shields.break(9);
    game.bombRows.set([118, 150]);
    game.bombColumns.set([38, 86]);
    const { observation } = env.step(0);
    const near = (feature: number, value: number) => expect(observation[feature]).toBeCloseTo(value, 5);
    near(at.gunX, 0);
    near(at.battle, 1);
    near(at.lives, 1);
    near(at.loaded, 0);
    near(at.missileX, -0.25);
    near(at.missileY, 145 / 195);
    near(at.bombX, -0.5);
    near(at.bombY, (120 + 11) / 195);
    near(at.secondBombX, 0.1);
    near(at.secondBombY, (152 + 12) / 195);
    near(at.mothershipX, (game.mothership - game.gun) / 80);
    near(at.mothershipDirection, -1);
    near(at.formationX, (23 - 75) / 80);
    near(at.formationY, 50 / 140);
    near(at.formationDirection, 1);
    near(at.count, 35 / 36);
    const invaders = Array.from(observation.subarray(at.invaders, at.invaders + 36));
    expect(invaders.indexOf(0)).toBe(8);
    expect(invaders.reduce((a, b) => a + b)).toBe(35);
    expect(observation.length).toBe(at.shields + 24);
    near(at.shields, 4 / 9);
    near(at.shields + 1, 7 / 9);
    near(at.shields + 3, 8 / 9);
  });

  it("stay within [-1, 1] and are zero for missing objects", () => {
    const env = started({ observation: "features" });
    const random = new Random(3);
    for (let n = 0; n < 2000; n++) {
      const { observation, terminated } = env.step(random.integer(6));
      expect(Math.max(...observation)).toBeLessThanOrEqual(1);
      expect(Math.min(...observation)).toBeGreaterThanOrEqual(-1);
      if (env.game.mothership < 0) expect(observation[at.mothershipX]).toBe(0);
      if (env.game.bombRows[1] === 0) expect(observation[at.secondBombY]).toBe(0);
      if (terminated) env.reset();
    }
  });
});

describe("the scripted player", () => {
  it("scores more than 200 in 1000 frames without losing a life, with sticky actions", () => {
    const env = started({ observation: "features" });
    const player = new SpaceInvadersPlayer(env);
    let score = 0;
    for (let n = 0; n < 250; n++) {
      const { reward, info } = env.step(player.act());
      score += reward;
      expect(info.lives).toBe(3);
    }
    expect(score).toBeGreaterThan(200);
  });

  it("does not change the game", () => {
    const env = started({ observation: "features" });
    for (let n = 0; n < 40; n++) env.step(4);
    const before = env.getState();
    const player = new SpaceInvadersPlayer(env);
    const action = player.act();
    expect(env.getState()).toEqual(before);
    expect(player.act()).toBe(action);
  });
});
