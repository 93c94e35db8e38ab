/** Determines the colours that a terminal supports. */

import type { TerminalColor } from "./terminal.js";

/**
 * The colours of the terminal that these variables of the environment describe: none with `NO_COLOR` or `TERM=dumb`, 24
 * bits if `COLORTERM` or `TERM` indicate them, otherwise xterm's 256.
 *
 * @param environment usually `process.env`
 */
export function terminalColor(environment: Readonly<Record<string, string | undefined>>): TerminalColor {
  const { NO_COLOR = "", TERM = "", COLORTERM = "", WT_SESSION } = environment;
  if (NO_COLOR !== "" || TERM === "dumb") return "none";
  const direct = /truecolor|24bit/i.test(COLORTERM) || /-direct$|truecolor/.test(TERM);
  // Windows Terminal identifies itself by a variable.
  return direct || WT_SESSION ? "truecolor" : "256";
}
