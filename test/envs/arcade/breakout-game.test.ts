import { describe, expect, it } from "vitest";
import { PaddleAction } from "../../../src/envs/arcade/arcade-game.js";
import { BreakoutGame } from "../../../src/envs/arcade/breakout-game.js";
import { BreakoutScreen } from "../../../src/envs/arcade/breakout-screen.js";
import { BOTH_WALLS, SHORT_PADDLE } from "./breakout-measured.js";
import { actionsOf, type Checkpoint, checkpointsOf, hash } from "./replay.js";

const { noop, fire, left, right } = PaddleAction;

function started(difficulty: 0 | 1 = 0): BreakoutGame {
  const game = new BreakoutGame(difficulty);
  game.start();
  return game;
}

/** A served ball, placed at a position with a velocity (in pixels per frame). */
function ballAt(x: number, y: number, velocityX: number, velocityY: number, game = started()): BreakoutGame {
  game.frame(fire);
  Object.assign(game, {
    x: x * 256,
    y: y * 256,
    velocityX: velocityX * 256,
    velocityY: velocityY * 256,
  });
  return game;
}

function frames(game: BreakoutGame, count: number, action: number = noop): number {
  let points = 0;
  for (let i = 0; i < count; i++) points += game.frame(action);
  return points;
}

describe.each([
  ["both walls", BOTH_WALLS],
  ["short paddle", SHORT_PADDLE],
])("the recorded game %s", (_, recorded) => {
  it("is reproduced with the same scores, lives, positions and screens", () => {
    const game = started(recorded.difficulty);
    const screen = new BreakoutScreen();
    const expected = checkpointsOf(recorded);
    const actual: Checkpoint[] = [];
    let score = 0;
    actionsOf(recorded).forEach((action, i) => {
      score += game.frame(action);
      const frame = i + 1;
      if (expected[actual.length].frame !== frame) return;
      screen.draw(game);
      const [x, y] = game.inPlay ? [game.x, game.y] : [-1, -1];
      const { lives, paddle } = game;
      actual.push({ frame, score, lives, paddle, x, y, screen: hash(screen.data) });
    });
    expect(actual).toEqual(expected);
    expect(score).toBe(game.score);
  });
});

describe("serves", () => {
  it("start at four positions in turn", () => {
    const serves = [0, 1, 2, 3, 4].map((wait) => {
      const game = started();
      frames(game, wait);
      game.frame(fire);
      return [game.x / 256, game.y / 256, game.velocityX / 256, game.velocityY / 256];
    });
    expect(serves[0]).toEqual([78, 122, -1, 1]);
    expect(serves[1]).toEqual([80, 122, 1, 1]);
    expect(serves[2]).toEqual([142, 122, -1, 1]);
    expect(serves[3]).toEqual([16, 122, 1, 1]);
    expect(serves[4]).toEqual(serves[0]);
  });

  it("need FIRE, which has no effect while a ball is in play", () => {
    const game = started();
    frames(game, 10);
    expect(game.inPlay).toBe(false);
    game.frame(fire);
    const x = game.x;
    game.frame(fire);
    expect(game.x).toBe(x + game.velocityX);
  });
});

describe("lives", () => {
  it("are lost with the ball, one by one, until the game is over", () => {
    const game = started();
    for (let lives = 5; lives > 0; lives--) {
      expect(game.lives).toBe(lives);
      expect(game.over).toBe(false);
      ballAt(40, 216, 1, 1, game);
      frames(game, 1);
      expect(game.lives).toBe(lives);
      frames(game, 1);
      expect(game.inPlay).toBe(false);
    }
    expect(game.over).toBe(true);
  });

  it("restore the long paddle and the slow ball", () => {
    const game = ballAt(80, 34, 1, -1);
    frames(game, 2);
    expect(game.paddleWidth).toBe(12);
    ballAt(40, 217, 1, 1, game);
    frames(game, 1);
    expect(game.paddleWidth).toBe(16);
    game.frame(fire);
    expect(game.velocityY).toBe(256);
  });
});

describe("bricks", () => {
  it.each([
    [0, 60, 7, 2, 3.375],
    [1, 66, 7, 2, 3.375],
    [2, 72, 4, 2, 3.375],
    [3, 78, 4, 1.5, 1],
    [4, 84, 1, 1.5, 1],
    [5, 92, 1, 1.5, 1],
  ])("of row %i break, score and bounce the ball", (row, y, points, side, fall) => {
    const game = ballAt(60, y, 1, -1);
    expect(frames(game, 1)).toBe(points);
    expect(game.score).toBe(points);
    expect(game.wall.bricks.indexOf(0)).toBe(row * 18 + 6);
    expect(game.wall.bricks.reduce((a, b) => a + b)).toBe(107);
    expect([game.velocityX / 256, game.velocityY / 256]).toEqual([side, fall]);
  });

  it("break one at a time: the ball passes through others until it touches the ceiling", () => {
    const game = ballAt(60, 72, 1, -1);
    expect(frames(game, 1)).toBe(4);
    Object.assign(game, { velocityX: 256, velocityY: -256 });
    expect(frames(game, 36)).toBe(0);
    expect(game.y / 256).toBeLessThan(40);
    expect(frames(game, 30)).toBe(7);
  });

  it("do not stop a ball in the gap of a broken one", () => {
    const game = started();
    game.wall.bricks.fill(0, 90, 108);
    ballAt(60, 93, 0, -1, game);
    expect(frames(game, 6)).toBe(0);
    expect(frames(game, 1)).toBe(1);
    expect(game.wall.bricks[72 + 6]).toBe(0);
  });

  it("are restored once, by the paddle hit after the 432nd point", () => {
    for (const [score, bricks] of [
      [431, 0],
      [432, 108],
      [864, 0],
    ]) {
      const game = started();
      game.wall.bricks.fill(0);
      ballAt(100, 186, 0, 1, game);
      game.score = score;
      frames(game, 1);
      expect(game.velocityY).toBeLessThan(0);
      expect(game.wall.bricks.reduce((a, b) => a + b)).toBe(0);
      frames(game, 1);
      expect(game.wall.bricks.reduce((a, b) => a + b)).toBe(bricks);
    }
  });
});

describe("the paddle", () => {
  it("reflects the ball depending on where it is hit", () => {
    const bounce = (offset: number) => {
      const game = ballAt(99 + offset, 186, 1, 1);
      frames(game, 1);
      return [game.velocityX / 256, game.velocityY / 256];
    };
    expect([-1, 1].map(bounce)).toEqual(Array(2).fill([-1.5, -1]));
    expect([2, 6].map(bounce)).toEqual(Array(2).fill([-1, -1.5]));
    expect([7, 10].map(bounce)).toEqual(Array(2).fill([1, -1.5]));
    expect([11, 15].map(bounce)).toEqual(Array(2).fill([1.5, -1]));
    expect([-2, 16].map(bounce)).toEqual(Array(2).fill([1, 1]));
  });

  it("changes the ball's speed with the 4th, 8th and 12th hit", () => {
    const game = started();
    const speeds = Array.from({ length: 14 }, () => {
      ballAt(100, 186, 1, 1, game);
      game.throughPaddle = false;
      frames(game, 1);
      return `${-game.velocityX / 256},${-game.velocityY / 256}`;
    });
    expect(speeds.slice(0, 3)).toEqual(Array(3).fill("1.5,1"));
    expect(speeds.slice(3, 7)).toEqual(Array(4).fill("1.5,2"));
    expect(speeds.slice(7, 11)).toEqual(Array(4).fill("2,1"));
    expect(speeds.slice(11)).toEqual(Array(3).fill("2,2"));
  });

  it("keeps the ball fast after it has touched an upper row", () => {
    const game = ballAt(100, 60, 1, -1);
    frames(game, 1);
    Object.assign(game, { x: 100 * 256, y: 186 * 256 });
    frames(game, 1);
    expect([game.velocityX / 256, game.velocityY / 256]).toEqual([-2, -3.375]);
  });

  it("starts, glides and stops with inertia, within the walls", () => {
    const game = started();
    const path = (action: number, count: number) =>
      Array.from({ length: count }, () => {
        game.frame(action);
        return game.paddle;
      });
    expect(path(right, 6)).toEqual([99, 102, 107, 111, 116, 122]);
    expect(path(noop, 4)).toEqual([128, 131, 132, 133]);
    expect(path(right, 40).at(-1)).toBe(144);
    expect(path(left, 60).at(-1)).toBe(8);
  });

  it("is shorter after the ceiling, and on difficulty 1", () => {
    const widths = ([0, 1] as const).map((difficulty) => {
      const game = started(difficulty);
      const before = game.paddleWidth;
      ballAt(80, 33, 1, -1, game);
      frames(game, 1);
      return [before, game.paddleWidth];
    });
    expect(widths).toEqual([
      [16, 12],
      [12, 8],
    ]);
  });
});

it("rejects the state of another game", () => {
  expect(() => started().setState({ bricks: new Uint8Array(3) })).toThrow(/getState\(\) of a Breakout game/);
});
