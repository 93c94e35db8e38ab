/** A film of frames in a terminal. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Frame } from "../envs/env.js";
import { onProgramEnd } from "./program-end.js";
import { frameToAnsi, type TerminalColor } from "./terminal.js";
import { terminalColor } from "./terminal-color.js";

/** A terminal, such as `process.stdout`. */
export interface TerminalStream {
  /** Takes text. */
  write(text: string): unknown;
  /** Characters in a line at present; 80 when it does not say. */
  readonly columns?: number;
  /** Lines at present; 24 when it does not say. */
  readonly rows?: number;
}

/** Options of {@link playInTerminal}. */
export interface PlayInTerminalOptions {
  /** Where it is shown, e.g. `process.stdout`. The picture is as large as its lines and columns allow, at present. */
  stream: TerminalStream;
  /** Most characters in a line, default as many as the terminal has. */
  columns?: number;
  /** Default: what `NO_COLOR`, `TERM` and `COLORTERM` say of the terminal, see {@link terminalColor}. */
  color?: TerminalColor;
  /** Frames a second, default 15. */
  fps?: number;
  /** A line below the picture, asked for with each frame; default none. What is too long for the terminal is cut off. */
  caption?: () => string;
  /** Ends the film early, default never. */
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

const ENTER = "\u001b[?1049h\u001b[?25l"; // a screen of its own, without a cursor
const LEAVE = "\u001b[?25h\u001b[?1049l";
const CLEAR_SCREEN = "\u001b[2J";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";

/**
 * Shows frames one after the other on a screen of its own: what the terminal showed before, and its cursor, come back
 * at the end, also after an error or Ctrl-C.
 *
 * @param frames pictures; the next one is asked for when the one before has been shown
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
      // A line feed after the last line would scroll a picture that fills the screen.
      stream.write((before === size ? "" : CLEAR_SCREEN) + HOME + lines.join("").replace(/\n$/, ""));
      shown++;
      // After a slow frame the film goes on at its pace instead of racing to catch up.
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
