/** Training settings of the example. */

import { cleanrlAtariPPO, type Env, labmlBreakoutPPO } from "ncps-ts";
import type { RestartBehavior } from "ncps-ts/node";
import type { PPOOptions } from "ncps-ts/trainers";
import type { Given } from "../support/options.js";
import { WorkerSeed } from "./worker-seed.js";

const presets = { labml: labmlBreakoutPPO, cleanrl: cleanrlAtariPPO };

export type Settings = ReturnType<typeof readSettings>;

/** Settings by the options of the command line. */
export function readSettings(given: Given) {
  const env = given.text("env", "Arcade/Breakout-v0");
  const arcade = env.startsWith("Arcade/");
  const options = presets[given.oneOf("preset", ["labml", "cleanrl"], "labml", " or ")];
  const seed = given.integer("seed", 47);
  const trainer: PPOOptions = {
    ...options,
    env,
    wrapper: (game: Env, worker: number) => new WorkerSeed(options.wrapper!(game, worker), seed + worker),
    // Single frames without sticky actions, as in BreakoutNoFrameskip-v4.
    envOptions: arcade ? { frameskip: 1, repeatActionProbability: 0 } : undefined,
    seed,
  };
  return {
    env,
    trainer,
    updates: given.positive("updates", arcade ? 40 : 10_000),
    hours: given.positive("hours"),
    run: given.text("run", `runs/labml-${env.replace(/\W+/g, "-")}`),
    restartBehavior: given.text("restart-behavior", "resume") as RestartBehavior,
  };
}
