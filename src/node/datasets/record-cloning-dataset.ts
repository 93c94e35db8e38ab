/** Recording of expert demonstrations into a folder. */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { DatasetError } from "../../core/errors.js";
import {
  type CloningExpert,
  type CloningRecord,
  checkRecording,
  type RecordCloningOptions,
  recordCloning,
} from "../../datasets/record-cloning.js";
import type { Env } from "../../envs/env.js";
import { attempt, cloningFolder } from "./cloning-folder.js";

/** Options of {@link recordCloningDataset}. */
export interface RecordCloningDatasetOptions extends RecordCloningOptions {
  /** Folder of the files; created when missing. */
  directory: string;
  /** Whether to replace an existing data set there, default false. */
  overwrite?: boolean;
}

const names = optionNames<RecordCloningDatasetOptions>({
  directory: true,
  overwrite: true,
  sequences: true,
  sequenceLength: true,
  noise: true,
  actor: true,
  mixing: true,
  append: true,
  seed: true,
  signal: true,
  onSequence: true,
});

/**
 * Lets an expert play, and writes observations and actions in the format of the published data sets, so that behaviour
 * cloning needs no download: see {@link recordCloning}.
 *
 * @throws DatasetError when the folder contains a data set already, or cannot be written; finished files are kept
 * @throws InvalidArgumentError when the environment or an option is invalid; an existing set is kept
 *
 * @example
 * ```ts
 * import { BreakoutEnv, wrapDeepmind } from "ncps-ts";
 * import { SteadyBreakoutPlayer } from "ncps-ts/envs";
 * import { recordCloningDataset } from "ncps-ts/node";
 *
 * const game = new BreakoutEnv();
 * await recordCloningDataset(wrapDeepmind(game), new SteadyBreakoutPlayer(game), { directory: "data/breakout", seed: 0 });
 * ```
 */
export async function recordCloningDataset(
  env: Env,
  expert: CloningExpert,
  options: RecordCloningDatasetOptions,
): Promise<CloningRecord> {
  checkOptions("recordCloningDataset", options, names);
  const { directory, overwrite = false, ...recording } = options;
  checkRecording(env, recording); // before an earlier set is removed
  const files = (await readdir(directory).catch(() => [])).filter((name) =>
    /^(train|val)_.*\.npz$/.test(name),
  );
  if (!recording.append) {
    if (files.length > 0 && !overwrite) {
      throw new DatasetError(
        `${directory} holds a data set already: choose another folder, or give append: true or overwrite: true`,
      );
    }
    await attempt(`${directory} cannot be emptied`, () =>
      Promise.all(files.map((name) => rm(join(directory, name)))),
    );
  }
  const append = recording.append && files.length > 0; // otherwise the folder may not exist
  return recordCloning(env, expert, cloningFolder(directory), { ...recording, append });
}
