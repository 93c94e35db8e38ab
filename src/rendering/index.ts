/**
 * Frames to look at.
 *
 * @module
 */

export { type EncodeGifOptions, encodeGif } from "./gif.js";
export { type PlayInTerminalOptions, playInTerminal } from "./play-in-terminal.js";
export { type FrameToAnsiOptions, frameToAnsi, type TerminalColor } from "./terminal.js";
