/** Plays frames as an animation in a terminal. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Frame } from "../envs/env.js";
import { onProgramEnd } from "./program-end.js";
import { frameToAnsi, type TerminalColor } from "./terminal.js";
import { terminalColor } from "./terminal-color.js";

/** A terminal, such as `process.stdout`. */
export interface TerminalStream {
  /** Writes text. */
  write(text: string): unknown;
  /** Current number of columns; 80 if unknown. */
  readonly columns?: number;
  /** Current number of rows; 24 if unknown. */
  readonly rows?: number;
}

/** Options of {@link playInTerminal}. */
export interface PlayInTerminalOptions {
  /** Terminal, e.g. `process.stdout`. The frame is as large as its current size allows. */
  stream: TerminalStream;
  /** Maximum number of columns, default: that of the terminal. */
  columns?: number;
  /** Colours, default: those that `NO_COLOR`, `TERM` and `COLORTERM` indicate, see {@link terminalColor}. */
  color?: TerminalColor;
  /** Frames per second, default 15. */
  fps?: number;
  /** Returns a line below the frame, called for each frame; default none. It is truncated to the terminal's width. */
  caption?: () => string;
  /** Stops the animation early, default never. */
  signal?: AbortSignal;
}

const names = optionNames<PlayInTerminalOptions>({
  stream: true,
  columns: true,
  color: true,
  fps: true,
  caption: true,
  signal: true,
});

const ENTER = "\u001b[?1049h\u001b[?25l"; // the alternate screen, without a cursor
const LEAVE = "\u001b[?25h\u001b[?1049l";
const CLEAR_SCREEN = "\u001b[2J";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";

/**
 * Shows frames one after another on the alternate screen: the previous contents and the cursor are restored
 * at the end, also after an error or Ctrl-C.
 *
 * @param frames frames; the next one is requested after the previous one has been shown
 * @returns number of frames shown
 *
 * @example
 * ```ts
 * function* game() {
 *   for (let done = false; !done; ) {
 *     const step = env.step(player.act());
 *     done = step.terminated || step.truncated;
 *     yield env.render();
 *   }
 * }
 * await playInTerminal(game(), { stream: process.stdout, fps: 15 });
 * ```
 * @throws InvalidArgumentError when `fps` is not a positive number, or there is no stream
 */
export async function playInTerminal(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  options: PlayInTerminalOptions,
): Promise<number> {
  checkOptions("playInTerminal", options, names);
  const { stream, fps = 15, caption, signal } = options;
  if (typeof stream?.write !== "function") {
    throw new InvalidArgumentError("stream", "expected a terminal, such as process.stdout");
  }
  if (!(fps > 0)) throw new InvalidArgumentError("fps", `expected a positive number, received ${fps}`);
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const color = options.color ?? terminalColor(process?.env ?? {});
  const leave = () => stream.write(LEAVE);
  let shown = 0;
  let due = Date.now();
  let size = "";
  stream.write(ENTER);
  const forget = onProgramEnd(leave);
  try {
    for await (const frame of frames) {
      if (signal?.aborted) break;
      const { columns: wide = 80, rows = 24 } = stream;
      const before = size;
      size = `${wide} ${rows}`;
      const columns = Math.min(options.columns ?? wide, wide);
      const lines = [frameToAnsi(frame, { columns, rows: Math.max(1, rows - (caption ? 1 : 0)), color })];
      if (caption && rows > 1) lines.push(caption().slice(0, wide - 1) + CLEAR_LINE);
      // A line feed after the last line would scroll a frame that fills the screen.
      stream.write((before === size ? "" : CLEAR_SCREEN) + HOME + lines.join("").replace(/\n$/, ""));
      shown++;
      // After a slow frame the animation continues at its normal pace instead of catching up.
      due = Math.max(due + 1000 / fps, Date.now());
      await pause(due - Date.now());
    }
  } finally {
    forget();
    leave();
  }
  return shown;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
