/** Training settings of the example. */

import { adventuresDuelingDQN, arcadeSpaceInvadersDQN, smallAtariDQN } from "ncps-ts";
import type { RestartBehavior } from "ncps-ts/node";
import { type DQNOptions, epsilonSchedule } from "ncps-ts/trainers";
import type { Given } from "../support/options.js";
import { wrapGame } from "./game.js";
import { readSize } from "./gif-size.js";
import { readGoal } from "./goal.js";

const presets = { features: arcadeSpaceInvadersDQN, small: smallAtariDQN, document: adventuresDuelingDQN };

export type Settings = ReturnType<typeof readSettings>;

/** Settings by the options of the command line. */
export function readSettings(given: Given) {
  const env = given.text("env", "Arcade/SpaceInvaders-v0");
  const byDefault = env.startsWith("Arcade/") ? "features" : "small";
  const preset = given.oneOf("preset", Object.keys(presets) as (keyof typeof presets)[], byDefault);
  if (preset === "features" && !env.startsWith("Arcade/")) {
    throw new Error(`--preset features: only Arcade/SpaceInvaders-v0 has features, not ${env}`);
  }
  const document = preset === "document";
  const [quarters, per, clip] = [given.flag("quarters"), given.flag("per"), given.flag("clip-rewards")];
  if (quarters && !document) throw new Error("--quarters: only for --preset document");
  const frames = given.from("frames", document ? 3 : 4, 1);
  const skip = given.from("skip", preset === "small" ? 4 : 0, 0);
  const hyperparameters: Omit<DQNOptions, "env"> = presets[preset];
  const options: DQNOptions = {
    ...hyperparameters,
    env,
    seed: given.from("seed", 0, 0),
    capacity: given.from("memory", hyperparameters.capacity as number, 100),
    saveReplayMemory: given.flag("save-memory") ?? true,
    ...(preset !== "features" && { numStack: frames }),
    ...(skip > 0 && { envOptions: { ...hyperparameters.envOptions, frameskip: 1 } }),
    ...(per === true && { prioritized: hyperparameters.prioritized ?? { alpha: 0.6, betaSteps: 500_000 } }),
    ...(per === false && { prioritized: null }),
    ...(clip !== undefined && { clipRewards: clip ? "sign" : false }),
    ...(given.flag("as-published") && {
      exploration: epsilonSchedule({ delay: 50_000, steps: 500_000, asPublished: true }),
      bootstrapTruncated: false,
    }),
    wrapper: wrapGame({ preset, frames, skip, rounded: !quarters }),
  };
  return {
    ...{ env, preset, options, ...readGoal(given, preset) },
    folder: given.text("run", `runs/space-invaders-${preset}`),
    restartBehavior: (given.flag("cont") ? "resume" : "restart") as RestartBehavior,
    gifEvery: given.from("gif-every", 100, 0),
    gifSize: readSize(given.text("gif-size") ?? (document ? "480x320" : undefined)),
    saveMinutes: given.from("save-minutes", 5, 0.01),
  };
}
