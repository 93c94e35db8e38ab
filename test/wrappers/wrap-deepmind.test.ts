import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { checkEnv } from "../../src/envs/check-env.js";
import type { Env } from "../../src/envs/env.js";
import { AreaResizer } from "../../src/images/index.js";
import {
  RecordEpisodeStatistics,
  type WrapOptions,
  Wrapper,
  wrapAtari,
  wrapDeepmind,
} from "../../src/wrappers/index.js";
import { FakeAtari, type FakeAtariOptions, play } from "./fake-atari.js";

const size: [number, number] = [210, 160];
const fake = (options: FakeAtariOptions = {}) => new FakeAtari({ size, ...options });

// Names from the inside out.
function order(env: Env): string[] {
  return env instanceof Wrapper ? [...order(env.env), env.constructor.name] : [];
}

describe("wrapDeepmind", () => {
  it("applies the wrappers in RLlib's order", () => {
    const common = ["EpisodicLife", "FireReset", "WarpFrame", "FrameStack"];
    const start = ["RecordEpisodeStatistics", "NoopReset"];
    expect(order(wrapDeepmind(fake()))).toEqual([...start, "MaxAndSkip", ...common]);
    expect(order(wrapDeepmind(fake({ id: "ALE/Fake-v5" })))).toEqual([...start, ...common]);
    const noFire = fake({ actionMeanings: ["NOOP", "UP", "DOWN"] });
    expect(order(wrapDeepmind(noFire))).not.toContain("FireReset");
  });

  it("returns uint8 [84, 84, 4] and unclipped rewards", () => {
    const env = wrapDeepmind(fake());
    expect(env.observationSpace).toMatchObject({ shape: [84, 84, 4], dtype: "uint8", low: 0, high: 255 });
    const frame = env.reset({ seed: 1 }).info.frame as number;
    expect(env.step(3).reward).toBe(4 * frame + 10);
  });

  it("plays as RLlib does, step by step", () => {
    const options = { lives: 2, lifeLostAt: [70], length: 120 };
    const inner = fake(options);
    const env = wrapDeepmind(inner);
    const { observation, info } = env.reset({ seed: 6 });
    const noops = info.noops as number;
    const start = ["reset", ...Array(noops).fill(0), 1, 1, 1, 1, 2, 2, 2, 2];
    expect(inner.log).toEqual(start);

    const bare = fake(options);
    bare.reset({ seed: 6 });
    const frames = start
      .slice(1)
      .map((action) => (bare.step(Number(action)).observation as Uint8Array).slice());
    const [before, last] = frames.slice(-2);
    const resizer = new AreaResizer({ inputHeight: 210, inputWidth: 160, outputHeight: 84, outputWidth: 84 });
    const warped = resizer.resizeRGB(last.map((value, i) => Math.max(value, before[i])));
    for (const slot of [0, 1, 2, 3]) {
      expect(observation.filter((_, i) => i % 4 === slot)).toEqual(warped);
    }

    let step = env.step(3);
    while (!step.terminated) step = env.step(3);
    expect(step.info.lives).toBe(1);
    expect(step.info.episode).toBeUndefined();
    const before70 = inner.log.length;
    expect(env.reset().info.noops).toBeUndefined(); // the game goes on: NOOP, FIRE, action 2, four frames each
    expect(inner.log.slice(before70)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    step = env.step(3);
    while (!step.terminated) step = env.step(3);
    expect(step.info.episode).toEqual({ return: (120 * 121) / 2, length: 120 });
    const before120 = inner.log.length;
    env.reset();
    expect(inner.log[before120]).toBe("reset");
  });

  it("omits disabled wrappers", () => {
    const off = {
      noopMax: 0,
      noFrameskip: false,
      episodicLife: false,
      fireReset: false,
      dim: false,
      numStack: false,
    };
    expect(order(wrapDeepmind(fake(), off as WrapOptions))).toEqual(["RecordEpisodeStatistics"]);
  });

  it("adds sticky actions inside and reward clipping outside", () => {
    expect(order(wrapDeepmind(fake(), { stickyProbability: 0.25, clipReward: { limit: 5 } }))).toEqual([
      "RecordEpisodeStatistics",
      "StickyAction",
      "NoopReset",
      "MaxAndSkip",
      "EpisodicLife",
      "FireReset",
      "WarpFrame",
      "ClipReward",
      "FrameStack",
    ]);
  });

  it("does not record statistics twice", () => {
    const env = wrapDeepmind(new RecordEpisodeStatistics(fake()));
    expect(order(env).filter((name) => name === "RecordEpisodeStatistics")).toHaveLength(1);
  });

  it("follows the contract and continues identically from a state saved in the middle of a life", () => {
    const options = { lives: 3, lifeLostAt: [60, 90], length: 130 };
    const make = () => wrapDeepmind(fake(options), { stickyProbability: 0.25, dim: 42 });
    checkEnv(make(), { steps: 60 });
    const env = make();
    env.reset({ seed: 3 });
    play(env, 3);
    const state = structuredClone(env.getState?.());
    const future = play(env, 60);
    const other = make();
    other.setState?.(state as NonNullable<typeof state>);
    expect(play(other, 60)).toEqual(future);
  });

  it("names the wrapper that rejects the environment", () => {
    expect(() => wrapDeepmind(fake({ actionMeanings: ["UP"] }))).toThrow(/NoopReset expected action 0/);
    expect(() => wrapDeepmind(fake({ size: [40, 40] }))).toThrow(InvalidArgumentError);
  });
});

describe("wrapAtari", () => {
  it("skips frames whatever the id, and clips rewards to signs", () => {
    const env = wrapAtari(fake({ id: "Arcade/Fake-v0" }));
    expect(order(env)).toEqual([
      "RecordEpisodeStatistics",
      "NoopReset",
      "MaxAndSkip",
      "EpisodicLife",
      "FireReset",
      "WarpFrame",
      "ClipReward",
      "FrameStack",
    ]);
    env.reset();
    expect(env.step(3).reward).toBe(1);
    expect(order(wrapAtari(fake(), { clipReward: false }))).not.toContain("ClipReward");
    const unsaid = { noFrameskip: undefined, clipReward: undefined };
    expect(order(wrapAtari(fake({ id: "Arcade/Fake-v0" }), unsaid))).toEqual(order(env));
  });
});
