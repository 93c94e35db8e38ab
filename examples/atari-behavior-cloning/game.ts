/** The game, and the expert that is recorded where there are no data. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type AtariCloningDataset,
  BreakoutEnv,
  type Env,
  make,
  SteadyBreakoutPlayer,
  wrapDeepmind,
} from "ncps-ts";
import { openCloningDataset, recordCloningDataset } from "ncps-ts/node";
import type { Settings } from "./settings.js";

// Games of the arcade end after 1500 steps, so that an evaluation takes a minute.
const MAX_FRAMES = 6000;

/** The game as the network sees it. */
export function openGame({ env }: Settings): Env {
  return wrapDeepmind(env.startsWith("Arcade/") ? make(env, { maxFrames: MAX_FRAMES }) : make(env));
}

/** Both splits of the data; recorded first when none are given. */
export async function openData(
  settings: Settings,
): Promise<{ train: AtariCloningDataset; val: AtariCloningDataset }> {
  const place = settings.data ?? (await record(settings));
  return {
    train: await openCloningDataset(place, { split: "train" }),
    val: await openCloningDataset(place, { split: "val" }),
  };
}

async function record({ out, sequences, noise, seed }: Settings): Promise<string> {
  const directory = join(out, `data-${sequences}-${noise}-${seed}`);
  const finished = join(directory, `val_${String(Math.floor(sequences / 8) - 1).padStart(5, "0")}.npz`);
  if (existsSync(finished)) return directory;
  const game = new BreakoutEnv({ maxFrames: MAX_FRAMES });
  process.stdout.write("Recording data ... ");
  const { gameReturns, actionCounts } = await recordCloningDataset(
    wrapDeepmind(game),
    new SteadyBreakoutPlayer(game),
    {
      directory,
      sequences: { train: sequences, val: Math.floor(sequences / 8) },
      noise,
      seed,
      overwrite: true,
    },
  );
  console.log(`[done] actions ${actionCounts.join(" ")}, scores of whole games ${gameReturns.join(" ")}`);
  return directory;
}

/** Mean score of whole games of the expert, in the games that the clone plays. */
export function expertScore(games: number, seed: number): number {
  const game = new BreakoutEnv({ maxFrames: MAX_FRAMES, observation: "features" });
  const env = wrapDeepmind(game, { dim: false, frameStack: false });
  const player = new SteadyBreakoutPlayer(game);
  const scores: number[] = [];
  env.reset({ seed });
  while (scores.length < games) {
    const step = env.step(player.act());
    if (step.info.episode) scores.push(step.info.episode.return);
    if (step.terminated || step.truncated) env.reset();
  }
  return scores.reduce((sum, score) => sum + score) / games;
}
