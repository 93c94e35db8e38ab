import { describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import type { Frame } from "../../src/envs/env.js";
import { type FrameToAnsiOptions, frameToAnsi } from "../../src/rendering/index.js";

type Colour = readonly [number, number, number];

const ESCAPE = "\u001b";

function frame(height: number, width: number, colourAt: (row: number, column: number) => Colour): Frame {
  const data = new Uint8Array(height * width * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data.set(colourAt(row, column), (row * width + column) * 3);
    }
  }
  return { height, width, data };
}

/** What a terminal would show: a colour for each half of each character. */
function shown(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      let ink = "";
      let ground = "";
      const upper: string[] = [];
      const lower: string[] = [];
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is matched on purpose
      for (const [, codes, character] of line.matchAll(/\u001b\[([\d;]*)m|(.)/g)) {
        if (character !== undefined) {
          upper.push(character === "\u2580" ? ink : ground);
          lower.push(ground);
          continue;
        }
        for (const [, which, colour] of codes.matchAll(/([34]8);(2;\d+;\d+;\d+|5;\d+)/g)) {
          if (which === "38") ink = colour;
          else ground = colour;
        }
      }
      return [upper, lower];
    });
}

describe("frameToAnsi", () => {
  const red: Colour = [255, 0, 0];
  const blue: Colour = [0, 0, 255];

  it("shows two pixels in a character", () => {
    const text = frameToAnsi(
      frame(2, 3, (row) => (row === 0 ? red : blue)),
      { columns: 3 },
    );
    expect(text).toBe(`${ESCAPE}[38;2;255;0;0;48;2;0;0;255m\u2580\u2580\u2580${ESCAPE}[0m\n`);
  });

  it("shows every pixel of a frame of equal size", () => {
    const colourAt = (row: number, column: number): Colour => [
      row * 20,
      column * 13,
      (row * column * 7) % 256,
    ];
    const pixels = shown(frameToAnsi(frame(8, 16, colourAt), { columns: 16 }));
    const expected = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 16 }, (_, column) => `2;${colourAt(row, column).join(";")}`),
    );
    expect(pixels).toEqual(expected);
  });

  it("averages areas, whole and fractional", () => {
    const checks = frame(4, 4, (row, column) => ((row + column) % 2 === 0 ? [200, 100, 0] : [0, 0, 0]));
    expect(shown(frameToAnsi(checks, { columns: 2 })).flat()).toEqual(Array(4).fill("2;100;50;0"));
    const stripes = frame(3, 3, (_, column) => (column === 1 ? [90, 90, 90] : [0, 0, 0]));
    // 3 columns to 2: each is two thirds of an outer column and one third of the middle one.
    expect(shown(frameToAnsi(stripes, { columns: 2 })).flat()).toEqual(Array(4).fill("2;30;30;30"));
  });

  it("keeps the aspect ratio", () => {
    for (const columns of [40, 80, 100]) {
      const lines = shown(
        frameToAnsi(
          frame(210, 160, () => red),
          { columns },
        ),
      );
      expect(lines[0]).toHaveLength(columns);
      expect(Math.abs(lines.length - (columns * 210) / 160)).toBeLessThanOrEqual(1);
    }
  });

  it("becomes narrower if there are few lines", () => {
    const tall = frame(210, 160, () => red);
    const lines = (options: FrameToAnsiOptions) =>
      frameToAnsi(tall, { color: "none", ...options })
        .trimEnd()
        .split("\n");
    expect(lines({ columns: 80, rows: 23 })).toHaveLength(23);
    expect(lines({ columns: 80, rows: 23 })[0]).toHaveLength(35);
    expect(lines({ columns: 20, rows: 23 })[0]).toHaveLength(20);
    expect(lines({ rows: 1 })).toHaveLength(1);
    expect(() => lines({ rows: 0 })).toThrow(InvalidArgumentError);
  });

  it("finds the nearest of 256 colours", () => {
    const colours: Colour[] = [red, [95, 135, 175], [128, 128, 128], [0, 0, 0], [255, 255, 255]];
    const codes = shown(
      frameToAnsi(
        frame(2, 5, (_, column) => colours[column]),
        { columns: 5, color: "256" },
      ),
    )[0];
    expect(codes).toEqual(["5;196", "5;67", "5;244", "5;16", "5;231"]);
  });

  it("shades without colours", () => {
    const gray = frame(2, 4, (_, column) => [column * 85, column * 85, column * 85]);
    expect(frameToAnsi(gray, { columns: 4, color: "none" })).toBe(" -*@\n");
  });

  it("rejects invalid frames and options", () => {
    const good = frame(2, 2, () => red);
    expect(() => frameToAnsi(good, { columns: 0 })).toThrow(InvalidArgumentError);
    expect(() => frameToAnsi(good, { color: "16" as "256" })).toThrow(/"truecolor", "256" or "none"/);
    expect(() => frameToAnsi({ ...good, height: 3 })).toThrow(ShapeError);
  });
});
