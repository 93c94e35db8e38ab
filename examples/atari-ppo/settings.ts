/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import type { PPOOptions } from "ncps-ts";
import { arcadeBreakoutPPO, type PPOPreset, rllibAtariPPO, wrapDeepmind } from "ncps-ts";

export const usage = `Conv-CfC PPO on Atari

  npm start -- [options]

  --env ID          Arcade/Breakout-v0 (built in, default), or real Atari such as ALE/Breakout-v5
  --preset NAME     features: ball and paddle as numbers, a small CfC (default for Arcade/*)
                    document: 84x84x4 frames, the Conv-CfC network of the ncps guide (default for ALE/*)
  --cont ID         go on from checkpoint ID (the number that was printed)
  --render          play in the terminal instead of training; with --cont, the trained policy
  --hours H         train for H hours, fractions allowed (features: 0.025, document: 4)
  --seed N          seed of everything random (default 0)
  --help            this text`;

export interface Settings {
  env: string;
  cont: string;
  render: boolean;
  hours: number;
  seed: number;
  preset: "features" | "document";
  /** Seconds between printed blocks, each with a checkpoint. */
  printEvery: number;
  options: PPOPreset;
}

export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      env: { type: "string", default: "Arcade/Breakout-v0" },
      preset: { type: "string" },
      cont: { type: "string", default: "" },
      render: { type: "boolean", default: false },
      hours: { type: "string" },
      seed: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const preset = values.preset ?? (values.env.startsWith("Arcade/") ? "features" : "document");
  if (preset !== "features" && preset !== "document") {
    throw new Error(`--preset: expected "features" or "document", received "${preset}"`);
  }
  const features = preset === "features";
  const hours = Number(values.hours ?? (features ? 0.025 : 4));
  const seed = Number(values.seed);
  if (!(hours > 0)) throw new Error(`--hours: expected a positive number, received "${values.hours}"`);
  if (!Number.isInteger(seed)) throw new Error(`--seed: expected an integer, received "${values.seed}"`);
  return {
    env: values.env,
    cont: values.cont,
    render: values.render,
    hours,
    seed,
    preset,
    printEvery: features ? 15 : 300,
    options: features ? arcadeBreakoutPPO : { ...rllibAtariPPO, wrapper: (env) => wrapDeepmind(env) },
  };
}

export function trainerOptions({ env, seed, options }: Settings): PPOOptions {
  return { ...options, env, seed };
}
