import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import type { Env } from "../../src/envs/env.js";
import { ClipReward, RecordEpisodeStatistics } from "../../src/wrappers/index.js";
import { FakeAtari, shown } from "./fake-atari.js";

function rewards(values: number[], wrap: (env: Env) => Env): number[] {
  const inner = new FakeAtari();
  const step = inner.step.bind(inner);
  const left = [...values];
  inner.step = (action) => ({ ...step(action), reward: left.shift() as number });
  const env = wrap(inner);
  env.reset();
  return values.map(() => env.step(0).reward);
}

describe("ClipReward", () => {
  it("clips to signs by default", () => {
    expect(rewards([7, 0.5, 0, -0.1, -200], (env) => new ClipReward(env))).toEqual([1, 1, 0, -1, -1]);
  });

  it("clips to a range", () => {
    const clipped = rewards([7, 0.5, 0, -0.1, -200], (env) => new ClipReward(env, { clip: { limit: 2 } }));
    expect(clipped).toEqual([2, 0.5, 0, -0.1, -2]);
  });

  it("changes neither statistics nor anything else", () => {
    const env = new ClipReward(new RecordEpisodeStatistics(new FakeAtari({ length: 3 })));
    env.reset();
    expect(shown(env.step(2))).toEqual([1, 1, 2]);
    env.step(2);
    expect(env.step(2)).toMatchObject({
      reward: 1,
      terminated: true,
      info: { episode: { return: 6, length: 3 } },
    });
  });

  it.each([0, -1, Number.NaN])("rejects the limit %s", (limit) => {
    expect(() => new ClipReward(new FakeAtari(), { clip: { limit } })).toThrow(InvalidArgumentError);
  });
});
