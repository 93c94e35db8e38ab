/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import type { PPOOptions } from "ncps-ts";
import { arcadeBreakoutPPO, type PPOPreset, rllibAtariPPO, smallAtariPPO } from "ncps-ts";

export const usage = `Conv-CfC PPO on Atari

  npm start -- [options]

  --env ID          Arcade/Breakout-v0 (built in, default), or real Atari such as ALE/Breakout-v5
  --preset NAME     features: ball and paddle as numbers, a small CfC (default for Arcade/*)
                    small: 84x84x4 frames, small convolutions and a CfC, for a CPU
                    (default for real Atari)
                    document: the guide's own network and numbers, for a GPU
  --cont ID         go on from checkpoint ID (the number that was printed)
  --render          play in the terminal instead of training; with --cont, the trained policy
  --page            shows the training, or with --render the game, in a page: picture, curves, neurons
  --hours H         train for H hours, fractions allowed (features: 0.025, small: 1, document: 4)
  --seed N          seed of everything random (default 0)
  --help            this text`;

const presets = {
  features: { options: arcadeBreakoutPPO, hours: 0.025, printEvery: 15 },
  small: { options: smallAtariPPO, hours: 1, printEvery: 60 },
  document: { options: rllibAtariPPO, hours: 4, printEvery: 300 },
} as const;

export interface Settings {
  env: string;
  cont: string;
  render: boolean;
  page: boolean;
  hours: number;
  seed: number;
  preset: keyof typeof presets;
  /** Seconds between printed blocks, each with a checkpoint. */
  printEvery: number;
  options: PPOPreset;
}

/** Reads the command line; `null` when help is asked for. */
export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      env: { type: "string", default: "Arcade/Breakout-v0" },
      preset: { type: "string" },
      cont: { type: "string", default: "" },
      render: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
      hours: { type: "string" },
      seed: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const { env, cont, render, page } = values;
  const preset = (values.preset ?? (env.startsWith("Arcade/") ? "features" : "small")) as Settings["preset"];
  if (!(preset in presets)) {
    throw new Error(`--preset: expected ${Object.keys(presets).join(", ")}, received "${preset}"`);
  }
  const { options, printEvery } = presets[preset];
  const hours = Number(values.hours ?? presets[preset].hours);
  const seed = Number(values.seed);
  if (!(hours > 0)) throw new Error(`--hours: expected a positive number, received "${values.hours}"`);
  if (!Number.isInteger(seed)) throw new Error(`--seed: expected an integer, received "${values.seed}"`);
  return { env, cont, render, page, hours, seed, preset, printEvery, options };
}

/** What the trainer is made with. */
export function trainerOptions({ env, seed, options }: Settings): PPOOptions {
  return { ...options, env, seed };
}
