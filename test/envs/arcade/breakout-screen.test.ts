import { describe, expect, it } from "vitest";
import { BreakoutGame } from "../../../src/envs/arcade/breakout-game.js";
import { BRICK_COLOURS, BreakoutScreen } from "../../../src/envs/arcade/breakout-screen.js";
import { BOTH_WALLS } from "./breakout-measured.js";
import { actionsOf, hash } from "./replay.js";

const BLACK = 0;
const GRAY = 0x8e8e8e;
const RED = 0xc84848;
const GREEN = 0x429e82;

function picture(prepare: (game: BreakoutGame) => void = () => {}) {
  const game = new BreakoutGame();
  game.start();
  prepare(game);
  const screen = new BreakoutScreen();
  screen.draw(game);
  const at = (row: number, column: number) => {
    const i = (row * 160 + column) * 3;
    return (screen.data[i] << 16) | (screen.data[i + 1] << 8) | screen.data[i + 2];
  };
  return { screen, at, row: (row: number) => Array.from({ length: 160 }, (_, x) => at(row, x)) };
}

/** Runs of equal pixels as `[first column, colour]`. */
function runs(row: number[]): number[][] {
  return row.map((colour, x) => [x, colour]).filter(([x, colour]) => x === 0 || row[x - 1] !== colour);
}

function flying(game: BreakoutGame, x: number, y: number): void {
  Object.assign(game, { inPlay: true, x: x * 256, y: y * 256 });
}

describe("the screen of a new game", () => {
  const { row } = picture();

  it("has walls, bricks and paddle at the original positions", () => {
    expect(runs(row(16))).toEqual([[0, BLACK]]);
    for (const y of [17, 31]) expect(runs(row(y))).toEqual([[0, GRAY]]);
    const field = [
      [0, GRAY],
      [8, BLACK],
      [152, GRAY],
    ];
    for (const y of [32, 56, 93, 188]) expect(runs(row(y))).toEqual(field);
    expect(runs(row(189))).toEqual([
      [0, GREEN],
      [8, BLACK],
      [99, RED],
      [115, BLACK],
      [152, RED],
    ]);
    expect(row(192)).toEqual(row(189));
    expect(runs(row(194))).toEqual([
      [0, GREEN],
      [8, BLACK],
      [152, RED],
    ]);
    expect(runs(row(195))).toEqual([
      [0, GREEN],
      [8, BLACK],
    ]);
    for (const y of [196, 209]) expect(runs(row(y))).toEqual([[0, BLACK]]);
  });

  it("has six rows of bricks, six pixels high, in the colours of the original", () => {
    expect(BRICK_COLOURS).toEqual([0xc84848, 0xc66c3a, 0xb47a30, 0xa2a22a, 0x48a048, 0x4248c8]);
    BRICK_COLOURS.forEach((colour, i) => {
      for (const y of [57 + 6 * i, 62 + 6 * i]) {
        expect(runs(row(y))).toEqual([
          [0, GRAY],
          [8, colour],
          [152, GRAY],
        ]);
      }
    });
  });

  it("shows 000, 5 lives and 1 player", () => {
    const top = runs(row(5)).filter(([, colour]) => colour === GRAY);
    expect(top.map(([x]) => x)).toEqual([36, 52, 68, 100, 136]);
    expect(runs(row(4))).toEqual([[0, BLACK]]);
    expect(runs(row(15))).toEqual([[0, BLACK]]);
  });
});

describe("the ball", () => {
  const rowsOf = (x: number, y: number) => {
    const with_ = picture((game) => flying(game, x, y));
    const without = picture();
    const rows: number[][] = [];
    for (let row = 0; row < 210; row++) {
      const columns = with_.row(row).flatMap((c, i) => (c === without.at(row, i) ? [] : [i]));
      if (columns.length > 0) rows.push([row, with_.at(row, columns[0]), ...columns]);
    }
    return rows;
  };

  it("is two columns and four rows, and has the colour of the rows it crosses", () => {
    expect(rowsOf(50, 122)).toEqual([122, 123, 124, 125].map((row) => [row, RED, 50, 51]));
    expect(rowsOf(50, 40)).toEqual([39, 40, 41, 42].map((row) => [row, GRAY, 50, 51]));
    const gap = picture((game) => {
      game.wall.bricks.fill(0);
      flying(game, 50, 88);
    });
    expect([87, 88, 89, 90].map((row) => gap.at(row, 50))).toEqual(Array(4).fill(BRICK_COLOURS[5]));
    expect([86, 91].map((row) => gap.at(row, 50))).toEqual([BLACK, BLACK]);
  });

  it("disappears below the walls and between serves", () => {
    expect(rowsOf(100, 193).map(([row]) => row)).toEqual([193, 194]);
    expect(rowsOf(100, 196)).toEqual([]);
  });
});

it("shows the score of the previous frame", () => {
  const game = new BreakoutGame();
  game.start();
  flying(game, 60, 92);
  game.velocityY = -256;
  game.frame(0);
  expect([game.score, game.shownScore]).toEqual([1, 0]);
  game.frame(0);
  expect(game.shownScore).toBe(1);
});

it("is the same whether it is drawn from scratch or updated step by step", () => {
  const game = new BreakoutGame();
  game.start();
  const screen = new BreakoutScreen();
  actionsOf(BOTH_WALLS)
    .slice(0, 8000)
    .forEach((action, i) => {
      game.frame(action);
      if (i % 3 === 0) screen.draw(game);
      if (i % 61 !== 0) return;
      screen.draw(game);
      const fresh = new BreakoutScreen();
      fresh.draw(game);
      expect(hash(screen.data)).toBe(hash(fresh.data));
    });
});
