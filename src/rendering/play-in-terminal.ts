/** A film of frames in a terminal. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Frame } from "../envs/env.js";
import { type FrameToAnsiOptions, frameToAnsi } from "./terminal.js";

/** Options of {@link playInTerminal}. */
export interface PlayInTerminalOptions extends FrameToAnsiOptions {
  /** Takes the text, e.g. `(text) => process.stdout.write(text)`. */
  write: (text: string) => unknown;
  /** Frames a second, default 15. */
  fps?: number;
  /** A line below the picture, asked for with each frame. */
  caption?: () => string;
  /** Ends the film early. */
  signal?: AbortSignal;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_SCREEN = "\u001b[2J";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";

/**
 * Shows frames one after the other in the same place of a terminal. The cursor is hidden meanwhile
 * and comes back below the picture, also when the frames end with an error.
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
 * await playInTerminal(game(), { write: (text) => process.stdout.write(text), fps: 15 });
 * ```
 * @throws InvalidArgumentError when `fps` is not a positive number
 */
export async function playInTerminal(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  options: PlayInTerminalOptions,
): Promise<number> {
  const { write, fps = 15, caption, signal } = options;
  if (!(fps > 0)) throw new InvalidArgumentError("fps", `expected a positive number, received ${fps}`);
  let shown = 0;
  let due = Date.now();
  write(HIDE_CURSOR + CLEAR_SCREEN);
  try {
    for await (const frame of frames) {
      if (signal?.aborted) break;
      const line = caption ? `${caption()}${CLEAR_LINE}\n` : "";
      write(HOME + frameToAnsi(frame, options) + line);
      shown++;
      // After a slow frame the film goes on at its pace instead of racing to catch up.
      due = Math.max(due + 1000 / fps, Date.now());
      await pause(due - Date.now());
    }
  } finally {
    write(SHOW_CURSOR);
  }
  return shown;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
