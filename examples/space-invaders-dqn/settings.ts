/** Command line and training settings of the example. */

import { parseArgs } from "node:util";
import {
  adventuresDuelingDQN,
  arcadeSpaceInvadersDQN,
  type DQNOptions,
  type Env,
  epsilonSchedule,
  FrameStack,
  MaxAndSkip,
  RecordVideo,
  smallAtariDQN,
  WarpFrame,
  wrapDeepmind,
} from "ncps-ts";
import { gifWriter, type RestartBehavior } from "ncps-ts/node";
import { readSize, resize, type Size } from "./gif-size.js";

export const usage = `Dueling double DQN on Space Invaders

  node --import tsx examples/space-invaders-dqn/index.ts [options]

  --env ID          Arcade/SpaceInvaders-v0 (built in, default); or real Atari: ALE/SpaceInvaders-v5, or
                    SpaceInvaders-v0, which skips 2 to 4 frames at random as the document's
  --preset NAME     features: 76 numbers instead of frames, an MLP (default for Arcade/*)
                    small: 84x84x4 frames, small convolutions, prioritized three-step replay, 8 games (default for Atari)
                    document: the document's own network and numbers, full size
  --hours H         train for H hours (features: 0.1, small: 2, document: 12)
  --steps N         train for N environment steps instead
  --frames 3|4      frames in a stack, document only: 3 as its text, 4 as its script (default 3)
  --memory N        frames in the replay memory (document: 200000 as its text; its script has 500000)
  --per             prioritized replay, --no-per without (default: as the preset has it)
  --skip N          play every action for N frames and show the brighter pixels of the last two
                    (small: 4; others: as the environment does, 0)
  --as-published    the document's exploration, which jumps from 0.19 to 0.1 at step 500000, and its targets, for which
                    the time limit is the end of the game
  --clip-rewards    learn from the signs of rewards (the default of features and small), --no-clip-rewards
  --gif-every N     a GIF of every Nth episode of the first game, 0 for none (default 100)
  --gif-size HxW    rows and columns of the GIFs, 480x320 as the document's (default: the game's own, 210x160)
  --run FOLDER      folder of the run (default runs/space-invaders-<preset>)
  --cont            go on with the run in the folder; without it an earlier run is kept and a new folder taken
  --save-minutes M  minutes between checkpoints (default 5)
  --no-save-memory  checkpoints without the replay memory: small, but a resumed run first plays to fill it again
  --seed N          seed of everything random (default 0)
  --help            this text`;

const presets = {
  features: { options: arcadeSpaceInvadersDQN, hours: 0.1, skip: 0 },
  small: { options: smallAtariDQN, hours: 2, skip: 4 },
  document: { options: adventuresDuelingDQN, hours: 12, skip: 0 },
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
  options: DQNOptions;
}

/** Reads the command line; `null` when help is asked for. */
export function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    allowNegative: true,
    options: {
      env: { type: "string", default: "Arcade/SpaceInvaders-v0" },
      preset: { type: "string" },
      hours: { type: "string" },
      steps: { type: "string" },
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
    throw new Error(`--preset features: only Arcade/SpaceInvaders-v0 shows features, not ${env}`);
  }
  const number = (name: string, text: string | undefined, otherwise: number, least: number) => {
    const value = Number(text ?? otherwise);
    if (!(value >= least))
      throw new Error(`--${name}: expected a number from ${least} on, received "${text}"`);
    return value;
  };
  const { options, hours, skip } = presets[preset];
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
    gifSize: readSize(values["gif-size"]),
    saveMinutes: number("save-minutes", values["save-minutes"], 5, 0.01),
    goal:
      values.steps === undefined
        ? { hours: number("hours", values.hours, hours, 1e-6) }
        : { totalTimesteps: number("steps", values.steps, 1, 1) },
    options: {
      ...options,
      env,
      seed: number("seed", values.seed, 0, 0),
      bufferSize: number("memory", values.memory, options.bufferSize as number, 100),
      saveReplayMemory: values["save-memory"],
      ...(preset !== "features" && { frameStack: frames }),
      ...(frameSkip > 0 && { envOptions: { ...options.envOptions, frameskip: 1 } }),
      ...(values.per === true && { prioritized: options.prioritized ?? { alpha: 0.6, betaSteps: 500_000 } }),
      ...(values.per === false && { prioritized: null }),
      ...(values["clip-rewards"] !== undefined && { clipRewards: values["clip-rewards"] ? "sign" : false }),
      ...(values["as-published"] && {
        exploration: epsilonSchedule({ delay: 50_000, steps: 500_000, asPublished: true }),
        bootstrapTruncated: false,
      }),
      wrapper: wrapper(preset, frames, frameSkip),
    },
  };
}

function wrapper(preset: Settings["preset"], frames: number, skip: number) {
  return (env: Env, index: number): Env => {
    if (preset === "features") {
      const skipped = skip > 0 ? new MaxAndSkip(env, { skip }) : env;
      return arcadeSpaceInvadersDQN.wrapper!(skipped, index);
    }
    if (preset === "small") return wrapDeepmind(env, { noFrameskip: skip > 0, skip, frameStack: frames });
    const skipped = skip > 0 ? new MaxAndSkip(env, { skip }) : env;
    return new FrameStack(new WarpFrame(skipped, { height: 105, width: 80 }), { k: frames });
  };
}

/** The options with GIFs of the first game written to a folder. */
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
      // Always there, so that a run goes on with another number as well.
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
