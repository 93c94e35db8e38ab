import { describe, expect, it } from "vitest";
import { GunAction, SpaceInvadersGame } from "../../../src/envs/arcade/space-invaders-game.js";
import { SpaceInvadersScreen } from "../../../src/envs/arcade/space-invaders-screen.js";
import { hash } from "./replay.js";

const COLOURS = {
  green: 0x328432,
  amber: 0xa28638,
  olive: 0x86861d,
  purple: 0x97197a,
  orange: 0xb55328,
  gray: 0x8e8e8e,
  earth: 0x505916,
};

/** A game after some frames, as prepared, and its screen. */
function picture(frames: number, prepare: (game: SpaceInvadersGame) => void = () => {}) {
  const game = new SpaceInvadersGame();
  game.start();
  for (let i = 0; i < frames; i++) game.frame(GunAction.noop);
  prepare(game);
  const screen = new SpaceInvadersScreen();
  screen.draw(game);
  const at = (row: number, column: number) => {
    const i = (row * 160 + column) * 3;
    return (screen.data[i] << 16) | (screen.data[i + 1] << 8) | screen.data[i + 2];
  };
  /** First row, last row, first column, last column and number of the pixels of a colour. */
  const extent = (colour: keyof typeof COLOURS, from = 0, to = 210) => {
    const rows: number[] = [];
    const columns: number[] = [];
    for (let row = from; row < to; row++) {
      for (let column = 0; column < 160; column++) {
        if (at(row, column) !== COLOURS[colour]) continue;
        rows.push(row);
        columns.push(column);
      }
    }
    return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns), rows.length];
  };
  return { game, screen, at, extent };
}

describe("the screen of a new battle", () => {
  const { extent, at } = picture(140);

  it("has everything at the original positions", () => {
    expect(extent("green", 0, 30).slice(0, 4)).toEqual([10, 19, 4, 63]);
    expect(extent("amber", 0, 30).slice(0, 4)).toEqual([10, 19, 84, 143]);
    expect(extent("olive").slice(0, 4)).toEqual([31, 130, 23, 110]);
    expect(extent("orange")).toEqual([157, 174, 42, 113, 336]);
    expect(extent("green", 180, 195).slice(0, 4)).toEqual([185, 194, 34, 40]);
    expect(extent("green", 195)).toEqual([196, 200, 33, 34, 10]);
    expect(extent("amber", 180)).toEqual([196, 200, 122, 123, 10]);
    expect(extent("earth", 197).slice(0, 4)).toEqual([197, 209, 0, 159]);
    expect([at(195, 9), at(195, 10), at(196, 7), at(196, 8)]).toEqual([0, COLOURS.earth, 0, COLOURS.earth]);
  });

  it("has 36 invaders of eight by ten pixels", () => {
    for (let row = 0; row < 6; row++) {
      const [top, bottom] = extent("olive", 31 + 18 * row, 41 + 18 * row);
      expect(bottom - top).toBeGreaterThan(6);
      for (let column = 0; column < 6; column++) {
        const left = 23 + 16 * column;
        const lit = [0, 1, 2, 3, 4, 5, 6, 7].filter((x) =>
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].some((y) => at(31 + 18 * row + y, left + x) === COLOURS.olive),
        );
        expect(lit.length).toBe(8);
      }
    }
    expect(extent("olive", 41, 49)[4]).toBe(0);
  });
});

describe("shots", () => {
  it("are drawn alternately: the missile in even frames, bombs in odd ones", () => {
    const both = (game: SpaceInvadersGame) => {
      Object.assign(game, { missileRow: 140, missileColumn: 70 });
      game.bombRows.set([150, 0]);
      game.bombColumns.set([90, 0]);
    };
    expect(picture(140, both).extent("gray")).toEqual([140, 147, 70, 70, 8]);
    expect(picture(141, both).extent("gray")).toEqual([155, 162, 90, 90, 8]);
  });

  it("do not reach into the sky or the ground", () => {
    const high = picture(140, (game) => Object.assign(game, { missileRow: 18, missileColumn: 70 }));
    expect(high.extent("gray")).toEqual([23, 25, 70, 70, 3]);
    const low = picture(141, (game) => {
      game.bombRows.set([184, 0]);
      game.bombColumns.set([90, 0]);
    });
    expect(low.extent("gray")).toEqual([189, 194, 90, 90, 6]);
  });
});

describe("the sky", () => {
  it("shows the score in digits", () => {
    const { extent } = picture(140, (game) => {
      game.score = 1111;
    });
    // A 1 is a single bar, two columns of blocks in from its left edge.
    expect(extent("green", 0, 30)).toEqual([10, 19, 8, 63 - 4, 4 * 5 * 4]);
  });

  it("shows the mothership instead of the score", () => {
    const { extent } = picture(140, (game) => {
      game.mothership = 70;
    });
    expect(extent("purple").slice(0, 4)).toEqual([12, 19, 70, 76]);
    expect(extent("green", 0, 30)[4]).toBe(0);
  });
});

describe("the gun", () => {
  it("blinks, with the number of lives, before a battle", () => {
    const seen = [8, 9, 10, 17, 18].map((frame) => picture(frame).extent("green", 180, 195)[4] > 0);
    expect(seen).toEqual([true, true, false, false, true]);
    expect(picture(10).extent("amber", 180, 195).slice(0, 4)).toEqual([185, 194, 84, 95]);
    expect(picture(140).extent("amber", 180, 195)[4]).toBe(0);
  });

  it("burns when hit", () => {
    const pictures = [120, 116].map((timer) => {
      const { screen } = picture(140, (game) => Object.assign(game, { phase: 2, timer }));
      return hash(screen.data);
    });
    expect(pictures[0]).not.toBe(pictures[1]);
  });
});

it("hides the shields once the invaders are among them", () => {
  const { extent } = picture(140, (game) => {
    game.formation.down = 30;
  });
  expect(extent("orange")[4]).toBe(0);
});

it("renders the same frames as before: hashes of a game's frames are unchanged", () => {
  const game = new SpaceInvadersGame();
  const screen = new SpaceInvadersScreen();
  game.start();
  const hashes: string[] = [];
  const actions = [GunAction.rightFire, GunAction.fire, GunAction.leftFire];
  for (let frame = 1; frame <= 1500; frame++) {
    game.frame(actions[(frame >> 6) % 3]);
    if (frame % 150 > 1) continue;
    screen.draw(game);
    hashes.push(hash(screen.data).toString(16).padStart(8, "0"));
  }
  // FNV-1a of this renderer's frames 1, 150, 151, 300, ...; not those of the original.
  expect(hashes).toMatchInlineSnapshot(`
    [
      "7b511623",
      "0bb948bf",
      "feb74cbf",
      "eee19fd9",
      "4d7461cf",
      "9fbb57d7",
      "0026c313",
      "7bebc358",
      "7bebc358",
      "0179da74",
      "0179da74",
      "b5b1292b",
      "ebffc773",
      "9e7ecef3",
      "9e7ecef3",
      "b1b97fd3",
      "8d97bd3f",
      "94a2da53",
      "3f06f435",
      "bb41ba37",
    ]
  `);
});
