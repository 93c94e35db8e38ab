/** Draws frames as text for a terminal. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Frame } from "../envs/env.js";
import { scaleFrame } from "./scale-frame.js";

/** Colours a terminal can show: 24 bits, xterm's 256, or none (shades of characters). */
export type TerminalColor = "truecolor" | "256" | "none";

/** Options of {@link frameToAnsi}. */
export interface FrameToAnsiOptions {
  /** Number of columns, default 80. The number of rows follows from the frame's aspect ratio. */
  columns?: number;
  /** Maximum number of rows, default unlimited. A frame that would be higher becomes narrower. */
  rows?: number;
  /** Colour support, default `"truecolor"`. */
  color?: TerminalColor;
}

const names = optionNames<FrameToAnsiOptions>({
  columns: true,
  rows: true,
  color: true,
});

const UPPER_HALF = "\u2580";
const RESET = "\u001b[0m";
const SHADES = " .:-=+*#%@";

/**
 * Draws a frame with characters: each shows two pixels, one above the other, as the upper half
 * block in one colour on a background of the other. Lines end with a line feed and in the default colour.
 *
 * @example
 * ```ts
 * process.stdout.write(frameToAnsi(env.render(), { columns: 60 }));
 * ```
 * @throws InvalidArgumentError when `columns` or `rows` is not a positive integer, or `color` is unknown
 * @throws ShapeError when the frame's data do not have `height * width * 3` bytes
 */
export function frameToAnsi(frame: Frame, options: FrameToAnsiOptions = {}): string {
  checkOptions("frameToAnsi", options, names);
  const { color = "truecolor", rows } = options;
  checkInteger("columns", options.columns ?? 80);
  if (rows !== undefined) checkInteger("rows", rows);
  if (color !== "truecolor" && color !== "256" && color !== "none") {
    throw new InvalidArgumentError("color", `expected "truecolor", "256" or "none", received ${color}`);
  }
  const { height, width, data } = frame;
  if (data.length !== height * width * 3 || data.length === 0) {
    throw new ShapeError("frame.data", `[${height} * ${width} * 3]`, [data.length]);
  }
  const { columns, lines } = fitted(frame, options.columns ?? 80, rows ?? Number.POSITIVE_INFINITY);
  if (color === "none") return shades(scaleFrame(frame, lines, columns));
  return halfBlocks(scaleFrame(frame, 2 * lines, columns), color === "256" ? paletteCode : rgbCode);
}

// A character is twice as high as wide.
function fitted({ height, width }: Frame, most: number, rows: number): { columns: number; lines: number } {
  const lines = Math.max(1, Math.round((most * height) / width / 2));
  if (lines <= rows) return { columns: most, lines };
  return { columns: Math.max(1, Math.min(most, Math.round((2 * rows * width) / height))), lines: rows };
}

function shades({ height, width, data }: Frame): string {
  let text = "";
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const luma = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      text += SHADES[Math.min(SHADES.length - 1, Math.floor((luma * SHADES.length) / 256))];
    }
    text += "\n";
  }
  return text;
}

type Code = (data: Uint8Array, at: number) => string;

function halfBlocks({ height, width, data }: Frame, code: Code): string {
  let text = "";
  for (let y = 0; y < height; y += 2) {
    let ink = "";
    let ground = "";
    for (let x = 0; x < width; x++) {
      const upper = code(data, (y * width + x) * 3);
      const lower = code(data, ((y + 1) * width + x) * 3);
      const changes = [];
      if (upper !== ink && upper !== lower) changes.push(`38;${upper}`);
      if (lower !== ground) changes.push(`48;${lower}`);
      if (changes.length > 0) text += `\u001b[${changes.join(";")}m`;
      if (upper !== lower) ink = upper;
      ground = lower;
      text += upper === lower ? " " : UPPER_HALF;
    }
    text += `${RESET}\n`;
  }
  return text;
}

function rgbCode(data: Uint8Array, at: number): string {
  return `2;${data[at]};${data[at + 1]};${data[at + 2]}`;
}

// xterm's palette: a cube of 6 x 6 x 6 colours from 16 on, and 24 grays from 232 on.
function paletteCode(data: Uint8Array, at: number): string {
  const levels = [data[at], data[at + 1], data[at + 2]].map(cubeLevel);
  const mean = (data[at] + data[at + 1] + data[at + 2]) / 3;
  const gray = Math.max(0, Math.min(23, Math.round((mean - 8) / 10)));
  const cubeError = error(data, at, levels.map(cubeValue));
  if (error(data, at, [8 + 10 * gray, 8 + 10 * gray, 8 + 10 * gray]) < cubeError) return `5;${232 + gray}`;
  return `5;${16 + 36 * levels[0] + 6 * levels[1] + levels[2]}`;
}

function cubeLevel(value: number): number {
  if (value < 48) return 0;
  return value < 115 ? 1 : Math.floor((value - 35) / 40);
}

function cubeValue(level: number): number {
  return level === 0 ? 0 : 55 + 40 * level;
}

function error(data: Uint8Array, at: number, colour: readonly number[]): number {
  return colour.reduce((sum, value, i) => sum + (data[at + i] - value) ** 2, 0);
}
