import { describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { BreakoutEnv, type BreakoutOptions } from "../../../src/envs/arcade/index.js";
import { checkEnv } from "../../../src/envs/check-env.js";
import { make } from "../../../src/envs/registry.js";
import { hash } from "./replay.js";

/** Plays random actions and records what `step` returns, observations as hashes. */
function play(env: BreakoutEnv, steps: number, seed: number): unknown[] {
  const random = new Random(seed);
  return Array.from({ length: steps }, () => {
    const { observation, ...rest } = env.step(random.integer(4));
    if (rest.terminated || rest.truncated) env.reset();
    return { observation: hash(new Uint8Array(observation.slice().buffer)), ...rest };
  });
}

function started(options: BreakoutOptions = {}, seed = 0): BreakoutEnv {
  const env = new BreakoutEnv(options);
  env.reset({ seed });
  return env;
}

describe("BreakoutEnv", () => {
  it.each([{}, { observation: "features" }, { observation: "features", velocity: true }] as const)(
    "follows the environment contract with %o",
    (options) => checkEnv(new BreakoutEnv(options), { steps: 60 }),
  );

  it("names the actions like ALE", () => {
    expect(new BreakoutEnv().actionMeanings).toEqual(["NOOP", "FIRE", "RIGHT", "LEFT"]);
  });

  it("renders the screen whatever the observation type", () => {
    const env = started();
    const observed = env.step(1).observation;
    expect(env.observationSpace.shape).toEqual([210, 160, 3]);
    const frame = env.render();
    expect([frame.height, frame.width]).toEqual([210, 160]);
    expect(hash(frame.data)).toBe(hash(observed as Uint8Array));
    const features = started({ observation: "features" });
    features.step(1);
    expect(hash(features.render().data)).toBe(hash(frame.data));
  });

  it("is not affected by changes to a returned observation", () => {
    const [a, b] = [started(), started()];
    a.step(1).observation.fill(7);
    b.step(1);
    expect(hash(a.step(2).observation as Uint8Array)).toBe(hash(b.step(2).observation as Uint8Array));
  });

  it("is registered as Arcade/Breakout-v0", () => {
    const env = make("Arcade/Breakout-v0", { observation: "features" });
    expect(env).toBeInstanceOf(BreakoutEnv);
    expect(env.id).toBe("Arcade/Breakout-v0");
    expect(() => make("Arcade/Breakout-v0", { frameSkip: 2 })).toThrow(/did you mean frameskip\?/);
  });
});

describe("randomness", () => {
  it("is determined by the seed", () => {
    const trajectory = (seed: number) => {
      const env = started({ observation: "features" }, seed);
      return play(env, 400, 9);
    };
    expect(trajectory(3)).toEqual(trajectory(3));
    expect(trajectory(3)).not.toEqual(trajectory(4));
  });

  it("repeats the previous action in a quarter of the frames", () => {
    const env = started({ observation: "features", frameskip: 1 });
    let stuck = 0;
    let trials = 0;
    let old = 0;
    const random = new Random(1);
    while (trials < 4000) {
      const action = random.integer(4);
      if (env.step(action).terminated) env.reset();
      const now = env.getState().lastAction as number;
      if (action !== old) {
        trials++;
        if (now === old) stuck++;
      }
      old = now;
    }
    expect(stuck / trials).toBeGreaterThan(0.22);
    expect(stuck / trials).toBeLessThan(0.28);
  });

  it("is absent when repeatActionProbability is 0", () => {
    const trajectory = (seed: number) =>
      play(started({ observation: "features", repeatActionProbability: 0 }, seed), 200, 9);
    expect(trajectory(3)).toEqual(trajectory(4));
  });

  it("gives a random player the same mean return as the original", () => {
    const env = started({ observation: "features" }, 5);
    const random = new Random(2);
    let total = 0;
    for (let episode = 0; episode < 500; episode++) {
      env.reset();
      for (let done = false; !done; ) {
        const step = env.step(random.integer(4));
        total += step.reward;
        done = step.terminated;
      }
    }
    // 600 games in ALE: 1.22 with a standard error of 0.05.
    expect(total / 500).toBeGreaterThan(1.1);
    expect(total / 500).toBeLessThan(1.5);
  });
});

describe("saved states", () => {
  it.each(["rgb", "features"] as const)(
    "continue frame by frame like the original run (%s)",
    (observation) => {
      const env = started({ observation });
      play(env, 150, 1);
      const state = env.getState();
      const first = play(env, 60, 2);
      env.setState(state);
      expect(play(env, 60, 2)).toEqual(first);
      const other = new BreakoutEnv({ observation });
      other.setState(state);
      expect(play(other, 60, 2)).toEqual(first);
    },
  );

  it("are copies", () => {
    const env = started({ observation: "features" });
    const state = env.getState();
    const before = structuredClone(state);
    play(env, 300, 1);
    expect(state).toEqual(before);
  });

  it("of other games are rejected", () => {
    const env = started();
    expect(() => env.setState({})).toThrow(InvalidArgumentError);
    expect(() => env.setState({ ...env.getState(), game: {} })).toThrow(InvalidArgumentError);
  });
});

describe("frames", () => {
  it("are skipped, with rewards summed", () => {
    const one = started({ observation: "features", frameskip: 1, repeatActionProbability: 0 });
    const four = started({ observation: "features", repeatActionProbability: 0 });
    const random = new Random(6);
    let brought = 0;
    for (let n = 0; n < 500; n++) {
      const action = random.integer(4);
      const step = four.step(action);
      let reward = 0;
      let last = step;
      for (let k = 0; k < 4 && !one.game.over; k++) {
        last = one.step(action);
        reward += last.reward;
      }
      expect(step).toEqual({ ...last, reward });
      brought += reward;
      if (step.terminated) {
        one.reset();
        four.reset();
      }
    }
    expect(brought).toBeGreaterThan(0);
  });

  it("are counted per episode and in total", () => {
    const env = started();
    env.step(0);
    expect(env.step(0).info).toEqual({ lives: 5, frameNumber: 8, episodeFrameNumber: 8 });
    expect(env.reset().info).toEqual({ lives: 5, frameNumber: 8, episodeFrameNumber: 0 });
    expect(env.step(0).info).toMatchObject({ frameNumber: 12, episodeFrameNumber: 4 });
  });

  it("truncate the episode at their limit, also within a step", () => {
    const env = started({ maxFrames: 10 });
    expect(env.step(0)).toMatchObject({ truncated: false, info: { episodeFrameNumber: 4 } });
    env.step(0);
    expect(env.step(0)).toMatchObject({
      truncated: true,
      terminated: false,
      info: { episodeFrameNumber: 10 },
    });
    expect(() => env.step(0)).toThrow(InvalidStateError);
  });

  it("end with the last life", () => {
    const env = started({ observation: "features" });
    let step = env.step(1);
    const lives = new Set([5]);
    while (!step.terminated) {
      step = env.step(1);
      lives.add(step.info.lives as number);
    }
    expect([...lives]).toEqual([5, 4, 3, 2, 1, 0]);
    expect(step.truncated).toBe(false);
    expect(() => env.step(1)).toThrow(/after the end of the episode/);
  });
});

describe("invalid calls", () => {
  it("throw for step before reset and after close", () => {
    const env = new BreakoutEnv();
    expect(() => env.step(0)).toThrow(InvalidStateError);
    expect(() => env.render()).toThrow(InvalidStateError);
    env.reset();
    env.close();
    env.close();
    expect(() => env.step(0)).toThrow(/after close/);
    expect(() => env.reset()).toThrow(InvalidStateError);
    expect(() => env.render()).toThrow(InvalidStateError);
    expect(() => env.setState({})).toThrow(InvalidStateError);
  });

  it.each([-1, 4, 0.5, Number.NaN, Int32Array.of(1)])("throw for step with action %s", (action) => {
    expect(() => started().step(action)).toThrow(/expected 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT/);
  });

  it.each([
    [{ observation: "ram" }, /observation: expected "rgb" or "features"/],
    [{ frameskip: 0 }, /frameskip: expected a positive integer, received 0/],
    [{ maxFrames: 1.5 }, /maxFrames/],
    [{ repeatActionProbability: 1 }, /expected a number in \[0, 1\)/],
    [{ velocity: 1 }, /velocity: expected true or false/],
    [{ difficulty: 2 }, /difficulty: expected 0 or 1/],
    [{ maxFrame: 10 }, /maxFrame: is not an option of BreakoutEnv: did you mean maxFrames/],
    [{ stickyActions: 0.5 }, /is not an option/],
  ])("of the constructor with %o", (options, message) => {
    const make = () => new BreakoutEnv(options as BreakoutOptions);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });
});
