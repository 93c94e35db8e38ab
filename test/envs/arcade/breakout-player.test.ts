import { expect, it } from "vitest";
import { BreakoutEnv, type BreakoutOptions, BreakoutPlayer } from "../../../src/envs/arcade/index.js";

/** The score of one game, which ends early at 200 points. */
function scoreOf(seed: number, options: BreakoutOptions = {}): number {
  const env = new BreakoutEnv({ observation: "features", ...options });
  const player = new BreakoutPlayer(env);
  env.reset({ seed });
  let score = 0;
  for (let done = false; !done; ) {
    const { reward, terminated, truncated } = env.step(player.act());
    score += reward;
    done = terminated || truncated || score > 200;
  }
  return score;
}

it.each([0, 1, 2])(
  "BreakoutPlayer scores more than 200 in one game with sticky actions (seed %i)",
  (seed) => {
    expect(scoreOf(seed)).toBeGreaterThan(200);
  },
);

it("BreakoutPlayer also plays with the shorter paddle and other frameskips", () => {
  expect(scoreOf(0, { difficulty: 1 })).toBeGreaterThan(200);
  expect(scoreOf(0, { frameskip: 2 })).toBeGreaterThan(200);
});

it("BreakoutPlayer does not change the game", () => {
  const env = new BreakoutEnv({ observation: "features" });
  env.reset({ seed: 0 });
  env.step(1);
  const before = env.getState();
  const player = new BreakoutPlayer(env);
  const action = player.act();
  expect(env.getState()).toEqual(before);
  expect(player.act()).toBe(action);
});
