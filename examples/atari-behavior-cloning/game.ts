/** The game, and the expert that is recorded if no data are given. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AtariCloningDataset, BreakoutEnv, type Env, make, wrapDeepmind } from "ncps-ts";
import { SteadyBreakoutPlayer } from "ncps-ts/envs";
import { openCloningDataset, recordCloningDataset } from "ncps-ts/node";
import type { Policy } from "ncps-ts/trainers";
import type { Settings } from "./settings.js";

// Arcade games end after 1500 steps, so that an evaluation takes a minute.
const MAX_FRAMES = 6000;

/** The game with the wrappers of the network's observations. */
export function openGame({ env }: Settings): Env {
  return wrapDeepmind(env.startsWith("Arcade/") ? make(env, { maxFrames: MAX_FRAMES }) : make(env));
}

/** Both splits of the data and their folder; records them first if none are given. */
export async function openData(
  settings: Settings,
): Promise<{ train: AtariCloningDataset; val: AtariCloningDataset; place: string }> {
  const place = settings.data ?? (await record(settings));
  return {
    place,
    train: await openCloningDataset(place, { split: "train" }),
    val: await openCloningDataset(place, { split: "val" }),
  };
}

// Half of the sequences come from games that the expert plays undisturbed, so that late positions are included, and
// half from games with random actions, which show how to recover.
async function record({ out, sequences, noise, seed }: Settings): Promise<string> {
  const directory = join(out, `data-${sequences}-${noise}-${seed}`);
  const levels = noise > 0 ? [0, noise] : [0];
  const part = {
    train: Math.ceil(sequences / levels.length),
    val: Math.ceil(sequences / 16 / levels.length),
  };
  const finished = join(directory, `val_${String(levels.length * part.val - 1).padStart(5, "0")}.npz`);
  if (existsSync(finished)) return directory;
  const game = new BreakoutEnv({ maxFrames: MAX_FRAMES });
  const env = wrapDeepmind(game);
  const expert = new SteadyBreakoutPlayer(game);
  process.stdout.write("Recording data ... ");
  for (const [i, level] of levels.entries()) {
    const options = { directory, sequences: part, noise: level, seed: seed + i };
    const place = i === 0 ? { overwrite: true } : { append: true };
    const { gameReturns, actionCounts } = await recordCloningDataset(env, expert, { ...options, ...place });
    const mean = gameReturns.reduce((sum, score) => sum + score, 0) / gameReturns.length;
    const scores = gameReturns.length > 0 ? `, mean score ${mean.toFixed(1)}` : "";
    console.log(
      `[done] noise ${level}: actions ${actionCounts.join(" ")}, games ${gameReturns.length}${scores}`,
    );
  }
  return directory;
}

/**
 * One round of DAgger: lets a clone play and adds its observations to the data, labelled with the expert's actions.
 * `games` is added to the seed.
 */
export async function recordClone(
  clone: Policy,
  directory: string,
  { dagger, seed }: Settings,
  games: number,
): Promise<void> {
  const game = new BreakoutEnv({ maxFrames: MAX_FRAMES });
  process.stdout.write("The clone plays, the expert labels its actions ... ");
  const { actionCounts, gameReturns } = await recordCloningDataset(
    wrapDeepmind(game),
    new SteadyBreakoutPlayer(game),
    { directory, append: true, sequences: { train: dagger, val: 0 }, actor: clone, seed: seed + games },
  );
  console.log(
    `[done] actions ${actionCounts.join(" ")}, scores of the clone's games ${gameReturns.join(" ")}`,
  );
}

/** Mean score of complete games of the expert, in the games that the clone plays. */
export function expertScore(games: number, seed: number): number {
  const game = new BreakoutEnv({ maxFrames: MAX_FRAMES, observation: "features" });
  const env = wrapDeepmind(game, { dim: false, numStack: false });
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
