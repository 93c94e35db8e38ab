/** Recorded episodes as GIF files. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, optionNames } from "../core/check-options.js";
import { LoggingError } from "../core/errors.js";
import { type EncodeGifOptions, encodeGif } from "../rendering/index.js";
import type { RecordedEpisode } from "../wrappers/index.js";

/** Options of {@link gifWriter}. */
export interface GifWriterOptions extends EncodeGifOptions {
  /** Folder of the files, created when missing. */
  directory: string;
  /** Prefix of the names; default `"episode"`, as in `episode-000100.gif`. */
  namePrefix?: string;
  /** Called after each file is written. */
  onFile?: (path: string, recorded: RecordedEpisode) => void;
}

const names = optionNames<GifWriterOptions>({
  directory: true,
  namePrefix: true,
  onFile: true,
  fps: true,
  loop: true,
});

/**
 * Writes the episodes of a `RecordVideo` wrapper as GIF files.
 *
 * @example
 * ```ts
 * import { make } from "ncps-ts";
 * import { RecordVideo } from "ncps-ts/wrappers";
 * import { gifWriter } from "ncps-ts/node";
 *
 * const env = new RecordVideo(make("Arcade/Breakout-v0"), {
 *   onEpisode: gifWriter({ directory: "videos", fps: 30 }),
 * });
 * ```
 */
export function gifWriter(options: GifWriterOptions): (recorded: RecordedEpisode) => void {
  checkOptions("gifWriter", options, names);
  const { directory, namePrefix = "episode", onFile, ...gif } = options;
  return (recorded) => {
    const path = join(directory, `${namePrefix}-${String(recorded.episode).padStart(6, "0")}.gif`);
    try {
      mkdirSync(directory, { recursive: true });
      writeFileSync(path, encodeGif(recorded.frames, gif));
    } catch (cause) {
      throw new LoggingError(`cannot write the recording ${path}: ${(cause as Error).message}`, { cause });
    }
    onFile?.(path, recorded);
  };
}
