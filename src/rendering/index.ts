/** Frames to look at. */

export { type PlayInTerminalOptions, playInTerminal } from "./play-in-terminal.js";
export { type FrameToAnsiOptions, frameToAnsi, type TerminalColor } from "./terminal.js";
