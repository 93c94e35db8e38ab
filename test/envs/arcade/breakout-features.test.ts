import { expect, it } from "vitest";
import { BreakoutEnv, BreakoutFeature, BreakoutPlayer } from "../../../src/envs/arcade/index.js";

/** Reads paddle, ball and bricks from the screen. */
function look(data: Uint8Array) {
  const lit = (row: number, column: number) => data[(row * 160 + column) * 3] > 0;
  const columns = (row: number) => {
    const found = Array.from({ length: 144 }, (_, i) => 8 + i).filter((column) => lit(row, column));
    return { first: found[0], count: found.length };
  };
  // A ball partly under a wall is ignored.
  const ball: { row: number; first: number }[] = [];
  for (let row = 100; row < 189; row++) {
    const { first, count } = columns(row);
    if (count === 2) ball.push({ row, first });
  }
  const bricks = Array.from({ length: 108 }, (_, i): number => {
    const row = 57 + 6 * Math.floor(i / 18);
    const column = 8 + 8 * (i % 18);
    // A brick is lit in all four corners; the ball alone never is.
    return [0, 5].every((y) => [0, 7].every((x) => lit(row + y, column + x))) ? 1 : 0;
  });
  return { paddle: columns(192), ball, bricks };
}

it("features agree with the screen", () => {
  const env = new BreakoutEnv({ observation: "features" });
  const player = new BreakoutPlayer(env);
  const at = BreakoutFeature;
  env.reset({ seed: 2 });
  let balls = 0;
  let broken = 0;
  for (let n = 0; n < 1500; n++) {
    const { observation, terminated } = env.step(player.act());
    if (n % 5 === 0) {
      const { paddle, ball, bricks } = look(env.render().data);
      const width = 12 + 4 * observation[at.paddleWidth];
      const left = 8 + (72 * (observation[at.paddleX] + 1) - width / 2);
      const row = 32 + (185 * (observation[at.ballY] + 1)) / 2 - 2;
      // Low balls are hidden by the paddle's rows and under the right wall.
      const free = observation[at.ballInPlay] === 0 || row < 188;
      if (free && left + width <= 152) {
        expect(paddle.count).toBe(width);
        expect(paddle.first).toBeCloseTo(left, 3);
      }
      if (ball.length === 4) {
        balls++;
        expect(Math.floor(row + 1e-4)).toBe(ball[0].row);
        expect(Math.floor(8 + 72 * (observation[at.ballX] + 1) - 1 + 1e-4)).toBe(ball[0].first);
      }
      expect(Array.from(observation.subarray(at.bricks, at.bricks + 108))).toEqual(bricks);
      expect(observation[at.lives]).toBeCloseTo(env.game.lives / 5);
      broken = 108 - bricks.reduce((a, b) => a + b);
    }
    if (terminated) break;
  }
  expect(balls).toBeGreaterThan(30);
  expect(broken).toBeGreaterThan(20);
});

it("features include the velocity with velocity: true", () => {
  const plain = new BreakoutEnv({ observation: "features" });
  expect(plain.observationSpace.shape).toEqual([114]);
  const env = new BreakoutEnv({ observation: "features", velocity: true, frameskip: 1 });
  expect(env.observationSpace.shape).toEqual([116]);
  expect(env.reset({ seed: 0 }).observation[BreakoutFeature.velocityY]).toBe(0);
  for (let n = 0; n < 10; n++) env.step(1);
  const { x, y } = env.game;
  const { observation } = env.step(0);
  expect(observation[BreakoutFeature.velocityX] * 512).toBeCloseTo(env.game.x - x);
  expect(observation[BreakoutFeature.velocityY] * 864).toBeCloseTo(env.game.y - y, 3);
});
