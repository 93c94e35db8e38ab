import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { EpisodicLife, MaxAndSkip, RecordEpisodeStatistics } from "../../src/wrappers/index.js";
import { FakeAtari, play } from "./fake-atari.js";

// All raw frames of the first game with one action.
function rawFrames(options: ConstructorParameters<typeof FakeAtari>[0], count: number): Uint8Array[] {
  const env = new FakeAtari(options);
  env.reset({ seed: 9 });
  return Array.from({ length: count }, () => (env.step(2).observation as Uint8Array).slice());
}

const max = (a: Uint8Array, b: Uint8Array) => a.map((value, i) => Math.max(value, b[i]));

describe("MaxAndSkip", () => {
  it.each([[[2, 2]], [[30, 40]]] as [number, number][][])(
    "returns the maximum of the last two frames (%j)",
    (size) => {
      const env = new MaxAndSkip(new FakeAtari({ size }));
      env.reset({ seed: 9 });
      const frames = rawFrames({ size }, 8);
      expect(env.step(2).observation).toEqual(max(frames[2], frames[3]));
      expect(env.step(2).observation).toEqual(max(frames[6], frames[7]));
    },
  );

  it("sums rewards and returns the last info", () => {
    const inner = new FakeAtari();
    const env = new MaxAndSkip(inner);
    env.reset({ seed: 9 });
    const step = env.step(3);
    expect(step).toMatchObject({ reward: 1 + 2 + 3 + 4, terminated: false, truncated: false });
    expect(step.info).toEqual({ lives: 3, frame: 4 });
    expect(inner.log).toEqual(["reset", 3, 3, 3, 3]);
  });

  it.each([
    [5, 1],
    [6, 2],
    [7, 3],
    [8, 4],
  ])("stops at the end after %i frames", (length, played) => {
    const frames = rawFrames({ length }, length);
    const env = new MaxAndSkip(new FakeAtari({ length }));
    env.reset({ seed: 9 });
    env.step(2);
    const step = env.step(2);
    expect(step.terminated).toBe(true);
    expect(step.info.frame).toBe(length);
    const last = frames[length - 1];
    expect(step.observation).toEqual(played === 1 ? last : max(frames[length - 2], last));
  });

  it("passes truncation on", () => {
    const env = new MaxAndSkip(new FakeAtari({ truncatedAt: 2 }));
    env.reset();
    expect(env.step(0)).toMatchObject({ terminated: false, truncated: true, reward: 3 });
  });

  it("counts two lives lost in one skip as one end", () => {
    const env = new EpisodicLife(new MaxAndSkip(new FakeAtari({ lives: 4, lifeLostAt: [2, 3] })));
    env.reset();
    expect(env.step(0)).toMatchObject({ terminated: true, info: { lives: 2 } });
    env.reset();
    expect(env.step(0)).toMatchObject({ terminated: false, info: { lives: 2 } });
  });

  it("passes on statistics of a game that ends within a skip", () => {
    const env = new MaxAndSkip(new RecordEpisodeStatistics(new FakeAtari({ length: 6 })));
    env.reset();
    expect(env.step(0).info.episode).toBeUndefined();
    expect(env.step(0).info.episode).toEqual({ return: 21, length: 6 });
  });

  it("changes nothing with skip 1", () => {
    const bare = new FakeAtari({ length: 9 });
    const env = new MaxAndSkip(new FakeAtari({ length: 9 }), { skip: 1 });
    bare.reset({ seed: 2 });
    env.reset({ seed: 2 });
    expect(play(env, 20)).toEqual(play(bare, 20));
  });

  it("continues identically from a saved state", () => {
    const make = () => new MaxAndSkip(new FakeAtari({ length: 11 }));
    const env = make();
    env.reset({ seed: 2 });
    play(env, 2);
    const state = structuredClone(env.getState());
    const future = play(env, 10);
    const other = make();
    other.setState(state);
    expect(play(other, 10)).toEqual(future);
  });

  it.each([0, -1, 2.5])("rejects skip %s", (skip) => {
    expect(() => new MaxAndSkip(new FakeAtari(), { skip })).toThrow(InvalidArgumentError);
  });
});
