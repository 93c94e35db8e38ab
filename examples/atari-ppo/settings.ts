/** Training settings of the example. */

import { arcadeBreakoutPPO, rllibAtariPPO, smallAtariPPO } from "ncps-ts";
import type { PPOOptions, PPOPreset } from "ncps-ts/trainers";
import type { Given } from "../support/options.js";

/** Hours of training, and seconds between printed blocks, each with a checkpoint. */
const presets = {
  features: { options: arcadeBreakoutPPO, hours: 0.025, printEvery: 15 },
  small: { options: smallAtariPPO, hours: 1, printEvery: 60 },
  document: { options: rllibAtariPPO, hours: 4, printEvery: 300 },
} satisfies Record<string, { options: PPOPreset; hours: number; printEvery: number }>;

type Preset = keyof typeof presets;

export type Settings = ReturnType<typeof readSettings>;

/** Settings by the options of the command line. */
export function readSettings(given: Given) {
  const env = given.text("env", "Arcade/Breakout-v0");
  const byDefault = env.startsWith("Arcade/") ? "features" : "small";
  const preset = given.oneOf("preset", Object.keys(presets) as Preset[], byDefault);
  const { hours, printEvery } = presets[preset];
  const hyperparameters: PPOPreset = presets[preset].options;
  const options: PPOOptions = { ...hyperparameters, env, seed: given.integer("seed", 0) };
  return {
    env,
    preset,
    printEvery,
    options,
    cont: given.text("cont", ""),
    render: given.flag("render"),
    page: given.flag("page"),
    hours: given.positive("hours", hours),
  };
}
