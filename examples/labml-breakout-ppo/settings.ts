/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import { cleanrlAtariPPO, type Env, labmlBreakoutPPO } from "ncps-ts";
import type { RestartBehavior } from "ncps-ts/node";
import type { PPOOptions } from "ncps-ts/trainers";
import { WorkerSeed } from "./worker-seed.js";

export const usage = `labml's annotated PPO on Breakout

  node --import tsx examples/labml-breakout-ppo/index.ts [options]

  --env ID       Arcade/Breakout-v0 (built in, default), or the tutorial's
                 BreakoutNoFrameskip-v4 (real Atari)
  --preset NAME  labml (default): the tutorial's details, a game for every life
                 cleanrl: CleanRL's details, those that reach 400 points
  --updates N    updates of 8 x 128 steps
                 (default: 40 in the arcade, the tutorial's 10000 on real Atari)
  --hours H      ends after H hours, if that is earlier
  --run PATH     folder of the run (default runs/labml-<env>)
  --restart-behavior resume | restart | overwrite
                 what to do with an earlier run of that folder (default resume)
  --seed N       seed of everything random; worker i starts its games from N + i
                 (default 47, the tutorial's)
  --help         this text`;

const presets = { labml: labmlBreakoutPPO, cleanrl: cleanrlAtariPPO } as const;

/** Settings from the command line. */
export interface Settings {
  env: string;
  updates: number;
  hours: number | undefined;
  run: string;
  restartBehavior: RestartBehavior;
  trainer: PPOOptions;
}

/** Reads the command line; returns `null` when help is requested. */
export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      env: { type: "string", default: "Arcade/Breakout-v0" },
      preset: { type: "string", default: "labml" },
      updates: { type: "string" },
      hours: { type: "string" },
      run: { type: "string" },
      "restart-behavior": { type: "string", default: "resume" },
      seed: { type: "string", default: "47" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const { env, preset } = values;
  if (!(preset in presets)) {
    throw new Error(`--preset: expected ${Object.keys(presets).join(" or ")}, received "${preset}"`);
  }
  const arcade = env.startsWith("Arcade/");
  const seed = Number(values.seed);
  const options = presets[preset as keyof typeof presets];
  if (!Number.isInteger(seed)) throw new Error(`--seed: expected an integer, received "${values.seed}"`);
  return {
    env,
    updates: positive("updates", values.updates ?? (arcade ? "40" : "10000")),
    hours: values.hours === undefined ? undefined : positive("hours", values.hours),
    run: values.run ?? `runs/labml-${env.replace(/\W+/g, "-")}`,
    restartBehavior: values["restart-behavior"] as RestartBehavior,
    trainer: {
      ...options,
      env,
      wrapper: (game: Env, worker: number) => new WorkerSeed(options.wrapper!(game, worker), seed + worker),
      // Single frames without sticky actions, as in BreakoutNoFrameskip-v4.
      envOptions: arcade ? { frameskip: 1, repeatActionProbability: 0 } : undefined,
      seed,
    },
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name}: expected a positive number, received "${text}"`);
  return value;
}
