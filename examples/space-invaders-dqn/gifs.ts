/** GIFs of the first game. */

import type { Env } from "ncps-ts";
import { gifWriter } from "ncps-ts/node";
import type { DQNOptions } from "ncps-ts/trainers";
import { RecordVideo } from "ncps-ts/wrappers";
import { resize } from "./gif-size.js";
import type { Settings } from "./settings.js";

/** Adds GIFs of the first game, written to a folder, to the options. */
export function withGifs({ options, gifEvery, gifSize }: Settings, folder: string): DQNOptions {
  const single = options.envOptions?.frameskip === 1;
  const write = gifWriter({
    directory: `${folder}/videos`,
    namePrefix: "SPACE_INVADERS_EPISODE",
    fps: 50,
    onFile: (path, { return: score }) => console.log(`${path}: ${score} points`),
  });
  const record = (env: Env) =>
    new RecordVideo(env, {
      // Always present, so that a run can be resumed with another number as well.
      episodeTrigger: (episode) => gifEvery > 0 && episode % gifEvery === 0,
      frameInterval: single ? 4 : 1,
      onEpisode: (recorded) =>
        write(
          gifSize
            ? { ...recorded, frames: recorded.frames.map((frame) => resize(frame, gifSize)) }
            : recorded,
        ),
    });
  return {
    ...options,
    wrapper: (env, index) => options.wrapper!(index === 0 ? record(env) : env, index),
  };
}
