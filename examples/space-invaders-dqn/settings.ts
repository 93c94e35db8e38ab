/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import { adventuresDuelingDQN, arcadeSpaceInvadersDQN, type Env, smallAtariDQN, wrapDeepmind } from "ncps-ts";
import { gifWriter, type RestartBehavior } from "ncps-ts/node";
import { type DQNOptions, epsilonSchedule } from "ncps-ts/trainers";
import { FrameStack, MaxAndSkip, RecordVideo, WarpFrame } from "ncps-ts/wrappers";
import { readSize, resize, type Size } from "./gif-size.js";

export const usage = `Dueling double DQN on Space Invaders

  node --import tsx examples/space-invaders-dqn/index.ts [options]

  --env ID          Arcade/SpaceInvaders-v0 (built in, default); or real Atari:
                    ALE/SpaceInvaders-v5, or the tutorial's SpaceInvaders-v0,
                    which skips 2 to 4 frames at random
  --preset NAME     features: 76 numbers instead of frames, an MLP
                    (default for Arcade/*)
                    small: 84x84x4 frames, small convolutions, prioritized
                    three-step replay, 8 games (default for real Atari)
                    document: the tutorial's own network and settings, in full
  --hours H         train for H hours (default: features 0.1, small 2)
  --steps N         train for N environment steps instead
  --episodes N      train for N episodes instead (default: document 1000000)
  --frames 3|4      frames in a stack, document only: 3 as in the article, 4 as
                    in its code (default 3)
  --quarters        document only: pixels keep the quarters of their means, as
                    in the document, instead of being rounded to bytes: a memory
                    of 6.7 GB instead of 1.7
  --memory N        frames in the replay memory (document: 200000 as in the
                    article; its code has 500000)
  --per             prioritized replay, --no-per without (default: the preset's)
  --skip N          play every action for N frames and show the brighter pixels
                    of the last two (default: small 4; others 0, which is as the
                    environment does)
  --as-published    the tutorial's exploration, which jumps from 0.19 to 0.1 at
                    step 500000, and its targets, for which the time limit is
                    the end of the game
  --clip-rewards    learn from the signs of rewards (the default of features and
                    small), --no-clip-rewards from the rewards
  --gif-every N     a GIF of every Nth episode of the first game, 0 for none
                    (default 100)
  --gif-size HxW    rows and columns of the GIFs (default: document 480x320,
                    others the game's own, 210x160)
  --run FOLDER      folder of the run (default runs/space-invaders-<preset>)
  --cont            go on with the run in the folder; without it an earlier run
                    is kept and a new folder taken
  --save-minutes M  minutes between checkpoints (default 5)
  --no-save-memory  checkpoints without the replay memory: small, but a resumed
                    run first plays to fill it again
  --seed N          seed of everything random (default 0)
  --help            this text`;

const presets = {
  features: { options: arcadeSpaceInvadersDQN, hours: 0.1, episodes: undefined, skip: 0, gifSize: undefined },
  small: { options: smallAtariDQN, hours: 2, episodes: undefined, skip: 4, gifSize: undefined },
  document: {
    options: adventuresDuelingDQN,
    hours: Number.POSITIVE_INFINITY,
    episodes: 1_000_000,
    skip: 0,
    gifSize: "480x320",
  },
} as const;

export interface Settings {
  env: string;
  preset: keyof typeof presets;
  folder: string;
  restartBehavior: RestartBehavior;
  gifEvery: number;
  gifSize: Size | undefined;
  saveMinutes: number;
  goal: { hours: number } | { totalTimesteps: number };
  /** Ends the training after this many episodes. */
  episodes: number | undefined;
  options: DQNOptions;
}

/** Reads the command line; returns `null` when help is requested. */
export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    allowNegative: true,
    options: {
      env: { type: "string", default: "Arcade/SpaceInvaders-v0" },
      preset: { type: "string" },
      hours: { type: "string" },
      steps: { type: "string" },
      episodes: { type: "string" },
      quarters: { type: "boolean", default: false },
      frames: { type: "string" },
      memory: { type: "string" },
      per: { type: "boolean" },
      skip: { type: "string" },
      "as-published": { type: "boolean", default: false },
      "clip-rewards": { type: "boolean" },
      "gif-every": { type: "string", default: "100" },
      "gif-size": { type: "string" },
      run: { type: "string" },
      cont: { type: "boolean", default: false },
      "save-minutes": { type: "string", default: "5" },
      "save-memory": { type: "boolean", default: true },
      seed: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const { env } = values;
  const preset = (values.preset ?? (env.startsWith("Arcade/") ? "features" : "small")) as Settings["preset"];
  if (!(preset in presets)) {
    throw new Error(`--preset: expected ${Object.keys(presets).join(", ")}, received "${preset}"`);
  }
  if (preset === "features" && !env.startsWith("Arcade/")) {
    throw new Error(`--preset features: only Arcade/SpaceInvaders-v0 has features, not ${env}`);
  }
  const number = (name: string, text: string | undefined, otherwise: number, least: number) => {
    const value = Number(text ?? otherwise);
    if (!(value >= least))
      throw new Error(`--${name}: expected a number from ${least} on, received "${text}"`);
    return value;
  };
  if (values.quarters && preset !== "document") throw new Error("--quarters: only for --preset document");
  const { options, hours, skip } = presets[preset];
  const byDefault = values.hours === undefined && values.steps === undefined;
  const episodes = values.episodes ?? (byDefault ? presets[preset].episodes : undefined);
  const folder = values.run ?? `runs/space-invaders-${preset}`;
  const gifEvery = number("gif-every", values["gif-every"], 100, 0);
  const frames = number("frames", values.frames, preset === "document" ? 3 : 4, 1);
  const frameSkip = number("skip", values.skip, skip, 0);
  return {
    env,
    preset,
    folder,
    restartBehavior: values.cont ? "resume" : "restart",
    gifEvery,
    gifSize: readSize(values["gif-size"] ?? presets[preset].gifSize),
    saveMinutes: number("save-minutes", values["save-minutes"], 5, 0.01),
    goal:
      values.steps === undefined
        ? {
            hours: number(
              "hours",
              values.hours,
              values.episodes === undefined ? hours : Number.POSITIVE_INFINITY,
              1e-6,
            ),
          }
        : { totalTimesteps: number("steps", values.steps, 1, 1) },
    episodes: episodes === undefined ? undefined : number("episodes", String(episodes), 1, 1),
    options: {
      ...options,
      env,
      seed: number("seed", values.seed, 0, 0),
      capacity: number("memory", values.memory, options.capacity as number, 100),
      saveReplayMemory: values["save-memory"],
      ...(preset !== "features" && { numStack: frames }),
      ...(frameSkip > 0 && { envOptions: { ...options.envOptions, frameskip: 1 } }),
      ...(values.per === true && { prioritized: options.prioritized ?? { alpha: 0.6, betaSteps: 500_000 } }),
      ...(values.per === false && { prioritized: null }),
      ...(values["clip-rewards"] !== undefined && { clipRewards: values["clip-rewards"] ? "sign" : false }),
      ...(values["as-published"] && {
        exploration: epsilonSchedule({ delay: 50_000, steps: 500_000, asPublished: true }),
        bootstrapTruncated: false,
      }),
      wrapper: wrapper(preset, frames, frameSkip, !values.quarters),
    },
  };
}

function wrapper(preset: Settings["preset"], frames: number, skip: number, rounded: boolean) {
  return (env: Env, index: number): Env => {
    if (preset === "features") {
      const skipped = skip > 0 ? new MaxAndSkip(env, { skip }) : env;
      return arcadeSpaceInvadersDQN.wrapper!(skipped, index);
    }
    if (preset === "small") return wrapDeepmind(env, { noFrameskip: skip > 0, skip, numStack: frames });
    const skipped = skip > 0 ? new MaxAndSkip(env, { skip }) : env;
    return new FrameStack(new WarpFrame(skipped, { height: 105, width: 80, rounded }), { numStack: frames });
  };
}

/** Adds GIFs of the first game, written to a folder, to the options. */
export function withGifs({ options, gifEvery, gifSize }: Settings, folder: string): DQNOptions {
  const single = options.envOptions?.frameskip === 1;
  const write = gifWriter({
    directory: `${folder}/videos`,
    namePrefix: "SPACE_INVADERS_EPISODE",
    fps: 50,
    onFile: (path, { return: score }) => console.log(`${path}: ${score} points`),
  });
  const record = (env: Env) =>
    new RecordVideo(env, {
      // Always present, so that a run can be resumed with another number as well.
      episodeTrigger: (episode) => gifEvery > 0 && episode % gifEvery === 0,
      frameInterval: single ? 4 : 1,
      onEpisode: (recorded) =>
        write(
          gifSize
            ? { ...recorded, frames: recorded.frames.map((frame) => resize(frame, gifSize)) }
            : recorded,
        ),
    });
  return {
    ...options,
    wrapper: (env, index) => options.wrapper!(index === 0 ? record(env) : env, index),
  };
}
