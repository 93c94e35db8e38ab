import { describe, expect, it } from "vitest";
import {
  GunAction,
  SpaceInvadersGame,
  SpaceInvadersPhase,
} from "../../../src/envs/arcade/space-invaders-game.js";
import { LONG_GAME, type MeasuredInvaders, SHORT_GAME } from "./space-invaders-measured.js";

const { noop, fire, right, left } = GunAction;

/** A game whose first battle has just begun: frame 129, an odd one. */
function battle(): SpaceInvadersGame {
  const game = new SpaceInvadersGame();
  game.start();
  frames(game, 129);
  return game;
}

function frames(game: SpaceInvadersGame, count: number, action: number = noop): number {
  let points = 0;
  for (let i = 0; i < count; i++) points += game.frame(action);
  return points;
}

/** Leaves only the given invaders, as `[row, column]`. */
function leave(game: SpaceInvadersGame, invaders: readonly (readonly number[])[]): void {
  const { formation } = game;
  formation.rows.fill(0);
  for (const [row, column] of invaders) formation.rows[row] |= 1 << column;
  formation.count = invaders.length;
  formation.refresh();
}

/** Puts a missile right below an invader and lets it hit. */
function shoot(game: SpaceInvadersGame, row: number, column: number): number {
  game.missileColumn = game.formation.left + 16 * column + 3;
  game.missileRow = game.formation.rowTop(row) + 1;
  return frames(game, 2);
}

/** Runs frames without bombs, to observe slow processes undisturbed. */
function peacefully(game: SpaceInvadersGame, count: number, each: (frame: number) => void = () => {}): void {
  for (let i = 1; i <= count; i++) {
    game.frame(noop);
    game.bombRows.fill(0);
    each(i);
  }
}

const blocks = (game: SpaceInvadersGame) => game.shields.blocks.reduce((a, b) => a + b);

function actionsOf({ actions }: MeasuredInvaders): number[] {
  const runs = [...actions.matchAll(/(\d*)([NFRLrl])/g)];
  return runs.flatMap(([, count, letter]) =>
    Array<number>(Number(count || 1)).fill("NFRLrl".indexOf(letter)),
  );
}

describe.each([
  ["short", SHORT_GAME],
  ["long", LONG_GAME],
])("the recorded %s game", (_, recorded) => {
  it("is reproduced with the same scores, lives, positions and shields", () => {
    const game = new SpaceInvadersGame();
    game.start();
    const expected = recorded.checkpoints.trim().split("\n");
    const actual: string[] = [];
    let score = 0;
    actionsOf(recorded).forEach((action, i) => {
      score += game.frame(action);
      if (Number(expected[actual.length].split(" ")[0]) !== i + 1) return;
      const { lives, gun, missileRow, bombRows, formation, mothership } = game;
      const { left: column, down, count } = formation;
      actual.push(
        [
          i + 1,
          score,
          lives,
          gun,
          missileRow,
          ...bombRows,
          column,
          down,
          count,
          mothership,
          blocks(game),
        ].join(" "),
      );
    });
    expect(actual).toEqual(expected);
    expect(game.over).toBe(true);
    expect(score).toBe(game.score);
  });
});

describe("the gun", () => {
  it("moves a column every other frame, within its range", () => {
    const game = battle();
    expect([game.gun, frames(game, 6, right), game.gun]).toEqual([34, 0, 37]);
    frames(game, 4, left);
    expect(game.gun).toBe(35);
    for (let i = 0; i < 200; i++) {
      game.frame(right);
      game.bombRows.fill(0);
    }
    expect(game.gun).toBe(116);
  });

  it("stands still and does not fire before the battle", () => {
    const game = new SpaceInvadersGame();
    game.start();
    frames(game, 100, GunAction.rightFire);
    expect([game.gun, game.missileRow, game.phase]).toEqual([34, 0, SpaceInvadersPhase.ready]);
  });

  it("has one missile at a time, which rises two rows a frame", () => {
    const game = battle();
    frames(game, 1, fire);
    expect([game.missileRow, game.missileColumn]).toEqual([174, 38]);
    frames(game, 10, GunAction.leftFire);
    expect([game.missileRow, game.missileColumn]).toEqual([154, 38]);
    peacefully(game, 75);
    expect(game.missileRow).toBe(0);
  });

  it("fires with RIGHTFIRE and LEFTFIRE too", () => {
    for (const action of [GunAction.rightFire, GunAction.leftFire]) {
      const game = battle();
      frames(game, 2, action);
      expect(game.missileRow).toBeGreaterThan(0);
    }
  });
});

describe("points", () => {
  it.each([5, 10, 15, 20, 25, 30].map((points, row) => [row, points]))("row %i earns %i", (row, points) => {
    const game = battle();
    leave(game, [
      [row, 1],
      [row, 4],
      [5, 5],
    ]);
    expect(shoot(game, row, 1)).toBe(points);
    expect([game.score, game.formation.count, game.formation.has(row, 1)]).toEqual([points, 2, false]);
    expect(game.missileRow).toBe(0);
  });

  it("the mothership earns 200, once", () => {
    const game = battle();
    Object.assign(game, { mothership: 60, missileColumn: 63, missileRow: 26 });
    expect(frames(game, 2)).toBe(0);
    expect(frames(game, 2)).toBe(200);
    expect(frames(game, 23)).toBe(0);
    expect(game.mothership).toBe(60);
    frames(game, 2);
    expect(game.mothership).toBe(-1);
  });
});

describe("the formation", () => {
  it.each([
    [36, 2, 1],
    [22, 2, 1],
    [21, 3, 2],
    [8, 3, 2],
    [7, 4, 3],
    [5, 4, 3],
    [4, 5, 3],
    [3, 9, 3],
    [2, 9, 4],
    [1, 16, 5],
  ])("of %i takes %i steps in 64 frames, of %i columns", (count, steps, columns) => {
    const game = battle();
    const all = Array.from({ length: 36 }, (_, i) => [Math.floor(i / 6), i % 6]);
    // The first column stays occupied, so that the formation does not shift.
    leave(game, all.sort((a, b) => a[1] - b[1]).slice(0, count));
    const moves: number[] = [];
    let before = game.formation.left;
    peacefully(game, 64, () => {
      if (game.formation.left !== before) moves.push(game.formation.left - before);
      before = game.formation.left;
    });
    expect(moves).toEqual(Array(steps).fill(columns));
  });

  it("comes down ten rows and turns at both sides", () => {
    const game = battle();
    const turns: number[][] = [];
    peacefully(game, 1728, (frame) => {
      const { left: column, down } = game.formation;
      if (down !== (turns.at(-1)?.[1] ?? 0)) turns.push([frame, down, column]);
    });
    expect(turns).toEqual([
      [832, 10, 49],
      [1728, 20, 22],
    ]);
  });

  it("moves farther to the side where its columns are shot", () => {
    const game = battle();
    leave(game, [[0, 2]]);
    peacefully(game, 6);
    expect(game.formation.width).toBe(1);
    expect(game.formation.has(0, 0)).toBe(true);
    let most = 0;
    peacefully(game, 200, () => {
      most = Math.max(most, game.formation.left);
    });
    expect(most).toBe(49 + 5 * 16);
  });

  it.each([0, 3, 5])("ends the game when its lowest row, %i, lands", (row) => {
    const game = battle();
    leave(game, [
      [row, 0],
      [row, 5],
    ]);
    const { formation } = game;
    formation.down = 40 + 18 * row;
    peacefully(game, 64, () => {
      if (!game.over) formation.left = 45;
    });
    expect(game.over).toBe(true);
    expect(game.lives).toBe(3);
    const before = game.getState();
    expect(frames(game, 3, fire)).toBe(0);
    expect(game.getState()).toEqual(before);
  });
});

describe("a cleared wave", () => {
  it("is followed by one that starts lower, up to the fifth, with new shields", () => {
    const game = battle();
    const starts: number[] = [];
    for (let wave = 0; wave < 6; wave++) {
      starts.push(game.formation.down);
      game.shields.blocks.fill(0);
      leave(game, [[0, 0]]);
      expect(shoot(game, 0, 0)).toBe(5);
      expect(game.phase).toBe(SpaceInvadersPhase.cleared);
      frames(game, 97);
      expect([game.phase, game.formation.count, game.gun, game.wave]).toEqual([
        SpaceInvadersPhase.ready,
        36,
        34,
        wave + 1,
      ]);
      expect(blocks(game)).toBe(3 * 56);
      frames(game, 64);
      if (game.clock % 2 === 0) game.clock++;
      game.bombRows.fill(0);
    }
    expect(starts).toEqual([0, 10, 20, 30, 40, 40]);
    expect(game.lives).toBe(3);
  });
});

describe("bombs", () => {
  it("fall from the lowest invader of a column, a row a frame", () => {
    const game = battle();
    frames(game, 2);
    expect(game.bombRows[0]).toBe(118);
    expect((game.bombColumns[0] - game.formation.left - 3) % 16).toBe(0);
    frames(game, 20);
    expect(game.bombRows[0]).toBe(138);
  });

  it("are two at most, 32 rows apart or more", () => {
    const game = battle();
    let both = 0;
    for (let i = 0; i < 250; i++) {
      game.frame(noop);
      const [first, second] = game.bombRows;
      if (first === 0 || second === 0) continue;
      both++;
      expect(Math.abs(first - second)).toBeGreaterThanOrEqual(32);
    }
    expect(both).toBeGreaterThan(20);
  });

  it("burn the gun for 128 frames and cost a life; it blinks for 64 at its left end", () => {
    const game = battle();
    peacefully(game, 31);
    game.gun = 90;
    game.bombColumns[0] = 93;
    game.bombRows[0] = 172;
    let waited = 0;
    while (game.phase === SpaceInvadersPhase.battle && waited < 20) {
      game.frame(noop);
      waited++;
    }
    expect(game.phase).toBe(SpaceInvadersPhase.dying);
    expect([game.lives, game.gun]).toEqual([3, 90]);
    const { left: column } = game.formation;
    frames(game, 127, right);
    expect([game.lives, game.gun, game.formation.left]).toEqual([3, 90, column]);
    frames(game, 1);
    expect([game.lives, game.gun, game.phase]).toEqual([2, 34, SpaceInvadersPhase.ready]);
    frames(game, 63, right);
    expect([game.phase, game.gun]).toEqual([SpaceInvadersPhase.ready, 34]);
    frames(game, 1);
    expect(game.phase).toBe(SpaceInvadersPhase.battle);
  });

  it("end the game with the third life", () => {
    const game = battle();
    const lives = new Set<number>();
    for (let i = 0; i < 20000 && !game.over; i++) {
      lives.add(game.lives);
      game.frame(noop);
    }
    expect([...lives]).toEqual([3, 2, 1]);
    expect([game.lives, game.over]).toEqual([0, true]);
  });

  it("miss the gun if they fall next to it", () => {
    for (const [offset, hit] of [
      [-1, false],
      [0, true],
      [6, true],
      [7, false],
    ] as const) {
      const game = battle();
      game.gun = 90;
      // The other bomb, far to the left, keeps the invaders from dropping more.
      game.bombColumns.set([10, 90 + offset]);
      game.bombRows.set([120, 172]);
      frames(game, 24);
      expect(game.phase === SpaceInvadersPhase.dying).toBe(hit);
    }
  });
});

describe("shields", () => {
  it("lose the block that a bomb hits and the one below, and stop the bomb", () => {
    const game = battle();
    game.bombColumns[0] = 45;
    game.bombRows[0] = 144;
    frames(game, 10);
    expect(blocks(game)).toBeLessThanOrEqual(3 * 56 - 2);
    expect(blocks(game)).toBeGreaterThanOrEqual(3 * 56 - 5);
    const at = (row: number) => game.shields.blocks[row * 8 + 3];
    expect([at(0), at(1), at(2)]).toEqual([0, 0, 1]);
  });

  it("are eroded from below by missiles, which delay the next one", () => {
    const game = battle();
    game.gun = 42;
    frames(game, 3, fire);
    expect(game.missileRow).toBe(0);
    expect(game.burst).toBeGreaterThan(0);
    const at = (row: number) => game.shields.blocks[row * 8 + 4];
    expect([at(5), at(6), at(7)]).toEqual([1, 0, 0]);
    frames(game, 6, fire);
    expect(game.missileRow).toBe(0);
    frames(game, 2, fire);
    expect(game.missileRow).toBeGreaterThan(0);
  });

  it("are removed once the invaders reach them", () => {
    const game = battle();
    game.formation.down = 20;
    expect(game.shielded).toBe(true);
    game.formation.down = 30;
    expect(game.shielded).toBe(false);
    game.gun = 42;
    frames(game, 11, fire);
    expect(blocks(game)).toBe(3 * 56);
    expect(game.burst).toBe(0);
  });
});

describe("the mothership", () => {
  it("appears 832 frames into a battle, and again 1536 frames later", () => {
    const game = battle();
    const comes: number[] = [];
    let there = false;
    peacefully(game, 2500, (frame) => {
      game.formation.down = 0;
      if (!there && game.mothership >= 0) comes.push(frame);
      there = game.mothership >= 0;
    });
    expect(comes).toEqual([832, 832 + 1536]);
  });

  it("crosses the sky in 604 frames, a column every four", () => {
    const game = battle();
    peacefully(game, 832);
    const { mothership, mothershipDirection } = game;
    expect([0, 150]).toContain(mothership);
    peacefully(game, 40);
    expect(game.mothership).toBe(mothership + 10 * mothershipDirection);
    peacefully(game, 563);
    expect(game.mothership).toBe(150 - mothership);
    peacefully(game, 1);
    expect(game.mothership).toBe(-1);
  });
});

it("copies continue identically, and so do restored states", () => {
  const game = battle();
  frames(game, 500, GunAction.rightFire);
  const copy = new SpaceInvadersGame();
  copy.copyFrom(game);
  const restored = new SpaceInvadersGame();
  restored.setState(game.getState());
  for (const each of [game, copy, restored]) frames(each, 900, GunAction.leftFire);
  expect(copy.getState()).toEqual(game.getState());
  expect(restored.getState()).toEqual(game.getState());
  expect(restored.shields.heights).toEqual(game.shields.heights);
});

it("rejects the state of another game", () => {
  const game = battle();
  expect(() => game.setState({ rows: new Uint8Array(6) })).toThrow(/getState\(\) of a Space Invaders game/);
});
