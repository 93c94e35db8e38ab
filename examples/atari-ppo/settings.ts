/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import { arcadeBreakoutPPO, rllibAtariPPO, smallAtariPPO } from "ncps-ts";
import type { PPOOptions, PPOPreset } from "ncps-ts/trainers";

export const usage = `PPO with a CfC on Atari

  node --import tsx examples/atari-ppo/index.ts [options]

  --env ID       Arcade/Breakout-v0 (built in, default), or real Atari such as
                 ALE/Breakout-v5
  --preset NAME  features: ball and paddle as numbers instead of frames, a CfC
                 without convolutions (default for Arcade/*)
                 small: 84x84x4 frames, convolutions that a CPU can train, a CfC
                 (default for real Atari)
                 document: the ncps guide's own network, hyper-parameters and
                 output, for a GPU; with --env ALE/Breakout-v5 its experiment
  --cont ID      continue from checkpoint ID (the printed number)
  --render       play instead of training, one game after the other; with --cont
                 the trained policy. In a pipe it is one game
  --page         show the training, or with --render the game, in a web page:
                 picture, curves, neurons
  --hours H      train for H hours, fractions allowed
                 (default: features 0.025, small 1, document 4)
  --seed N       seed of everything random (default 0)
  --help         this text`;

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

/** Reads the command line; returns `null` when help is requested. */
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

/** The trainer's options. */
export function trainerOptions({ env, seed, options }: Settings): PPOOptions {
  return { ...options, env, seed };
}
