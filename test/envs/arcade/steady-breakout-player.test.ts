import { expect, it } from "vitest";
import { BreakoutEnv, type BreakoutOptions, SteadyBreakoutPlayer } from "../../../src/envs/arcade/index.js";

/** The score of one game, which ends early at 100 points. */
function scoreOf(seed: number, options: BreakoutOptions = {}): number {
  const env = new BreakoutEnv({ observation: "features", ...options });
  const player = new SteadyBreakoutPlayer(env);
  env.reset({ seed });
  let score = 0;
  for (let done = false; !done; ) {
    const { reward, terminated, truncated } = env.step(player.act());
    score += reward;
    done = terminated || truncated || score > 100;
  }
  return score;
}

it.each([0, 1, 2])(
  "SteadyBreakoutPlayer scores more than 100 in one game with sticky actions (seed %i)",
  (seed) => {
    expect(scoreOf(seed)).toBeGreaterThan(100);
  },
);

it("SteadyBreakoutPlayer does not change the game and is stateless", () => {
  const env = new BreakoutEnv({ observation: "features" });
  env.reset({ seed: 0 });
  const player = new SteadyBreakoutPlayer(env);
  expect(player.act()).toBe(1); // no ball yet
  for (let i = 0; i < 20; i++) env.step(player.act());
  const before = env.getState();
  const action = player.act();
  expect(env.getState()).toEqual(before);
  expect(player.act()).toBe(action);
  expect(new SteadyBreakoutPlayer(env).act()).toBe(action);
});

it("SteadyBreakoutPlayer moves to where the ball will arrive, and rests within its tolerance", () => {
  const actions = new Set<number>();
  const env = new BreakoutEnv({ observation: "features" });
  const [player, content] = [
    new SteadyBreakoutPlayer(env),
    new SteadyBreakoutPlayer(env, { tolerance: 160 }),
  ];
  env.reset({ seed: 0 });
  for (let i = 0; i < 300; i++) {
    const { game } = env;
    const action = player.act();
    actions.add(action);
    if (game.inPlay) expect(content.act()).toBe(0);
    const near = game.velocityY > 0 && game.y > 170 * 256;
    const [ball, paddle] = [game.x / 256 + 1, game.paddle + game.paddleWidth / 2];
    if (near && action === 2) expect(ball).toBeGreaterThan(paddle - 32);
    if (near && action === 3) expect(ball).toBeLessThan(paddle + 32);
    if (env.step(action).terminated) env.reset();
  }
  expect([...actions].sort()).toEqual([0, 1, 2, 3]);
});
