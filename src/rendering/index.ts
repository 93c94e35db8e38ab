/**
 * Rendering of frames: GIF files and the terminal.
 *
 * @module ncps-ts/rendering
 */

export { type EncodeGifOptions, encodeGif } from "./gif.js";
export { type PlayInTerminalOptions, playInTerminal, type TerminalStream } from "./play-in-terminal.js";
export { type FrameToAnsiOptions, frameToAnsi, type TerminalColor } from "./terminal.js";
export { terminalColor } from "./terminal-color.js";
