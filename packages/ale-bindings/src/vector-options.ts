/** Options of the vector environment and their checks. */

import { environments } from "../lib/games.js";
import {
  checkOptions,
  isBoolean,
  isInteger,
  isUnit,
  type OptionCheck,
  processChecks,
} from "./check-options.js";
import type { Transport } from "./connect.js";
import { invalidArgument } from "./errors.js";
import { gameSpec } from "./games.js";
import type { ProcessOptions } from "./link.js";

/** Options of {@link AtariVectorEnv}: those of ale-py's class, with its defaults unless said otherwise. */
export interface AtariVectorOptions extends ProcessOptions {
  /** Number of games. */
  numEnvs: number;
  /** Number of games in one batch, default all; with fewer, `send` and `recv` use the games that are ready first. */
  batchSize?: number;
  /** Number of threads, default one for each game of a batch, but no more than there are cores. */
  numThreads?: number;
  /** Core of the first thread, followed by the others; -1 (default) leaves it to the system. */
  threadAffinityOffset?: number;
  /** Number of frames after which an episode is truncated, default 108000. */
  maxNumFramesPerEpisode?: number;
  /** Probability that a frame repeats the previous action, default that of the id; 0 for a game's name. */
  repeatActionProbability?: number;
  /** Whether all 18 actions are available instead of those that have an effect in this game, default false. */
  fullActionSpace?: boolean;
  /** Whether actions are `[radius 0..1, theta -pi..pi, fire 0..1]` instead of numbers, default false. */
  continuous?: boolean;
  /** Threshold above which a continuous direction or button counts as pressed, default 0.5. */
  continuousActionThreshold?: number;
  /**
   * Autoreset mode. `"sameStep"` (default; ale-py defaults to the other): the step that ends an episode also starts
   * the next one.
   * `"nextStep"`: the step after the end starts it, whatever its action, with reward 0.
   */
  autoresetMode?: "sameStep" | "nextStep";
  /** Rows of a frame, default 84. */
  imgHeight?: number;
  /** Columns of a frame, default 84. */
  imgWidth?: number;
  /** Whether frames are gray (default true) or RGB. */
  grayscale?: boolean;
  /** Number of frames in an observation, the newest last, default 4. After a reset the missing ones are black. */
  stackNum?: number;
  /** Frames per step, default that of the id; 4 for a game's name. */
  frameskip?: number;
  /** Whether a frame is the maximum of the last two, default true. */
  maxpool?: boolean;
  /** Maximum of the random wait after a reset: 0 to `noopMax - 1` frames without action, default 30. */
  noopMax?: number;
  /** Whether a lost life ends the episode; ALE then starts a completely new game. Default false. */
  episodicLife?: boolean;
  /** Whether a lost life counts as `terminated` while the game continues, default false. */
  lifeLossInfo?: boolean;
  /** Whether rewards are clipped to -1..1, default true; `info.episode.return` is never clipped. */
  rewardClipping?: boolean;
  /** Whether FIRE is pressed after a reset in games that have it, default true. */
  useFireReset?: boolean;
  /**
   * Memory layout: `"channelsFirst"` `[stack, height, width]` (default, as in ale-py) or `"channelsLast"` `[height,
   * width, stack]`.
   */
  layout?: "channelsFirst" | "channelsLast";
  /** Default seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** Transport, default `"fifo"` if the system has named pipes, otherwise `"stdio"`. */
  transport?: Transport;
  /** Whether a Python process that died or hangs is replaced, default false; see {@link AtariVectorEnv}. */
  restartOnFailure?: boolean;
}

const positive: OptionCheck = ["a positive integer", (value) => isInteger(value, 1)];
const natural: OptionCheck = ["a whole number", (value) => isInteger(value, 0)];
const flag: OptionCheck = ["true or false", isBoolean];
const unit: OptionCheck = ["a number in 0..1", isUnit];
const oneOf = (...names: string[]): OptionCheck => [
  names.map((name) => `"${name}"`).join(" or "),
  (value) => names.includes(value as string),
];

const checks: Record<keyof AtariVectorOptions, OptionCheck> = {
  numEnvs: positive,
  batchSize: positive,
  numThreads: natural,
  threadAffinityOffset: ["a core's number or -1", (value) => isInteger(value, -1)],
  maxNumFramesPerEpisode: positive,
  repeatActionProbability: unit,
  fullActionSpace: flag,
  continuous: flag,
  continuousActionThreshold: unit,
  autoresetMode: oneOf("sameStep", "nextStep"),
  imgHeight: positive,
  imgWidth: positive,
  grayscale: flag,
  stackNum: positive,
  frameskip: positive,
  maxpool: flag,
  noopMax: natural,
  episodicLife: flag,
  lifeLossInfo: flag,
  rewardClipping: flag,
  useFireReset: flag,
  layout: oneOf("channelsFirst", "channelsLast"),
  seed: natural,
  transport: oneOf("fifo", "stdio"),
  restartOnFailure: flag,
  ...processChecks,
};

/**
 * Checks options and converts them to the arguments of ale-py's class.
 *
 * @param id an id of `atariIds()`, whose frame skip and stickiness apply, or a game's name such as `"breakout"`
 * @throws AleError `INVALID_ARGUMENT`
 */
export function vectorArguments(id: string, options: AtariVectorOptions): Record<string, unknown> {
  checkOptions(options, checks);
  if (options.numEnvs === undefined) throw invalidArgument("numEnvs", "expected the number of games");
  const { game, frameskip, repeatActionProbability } = vectorSpec(id);
  const skip = options.frameskip ?? frameskip;
  if (typeof skip !== "number") {
    throw invalidArgument(
      "frameskip",
      `expected a number, because ${id} draws its frame skip by chance, which ALE's vector environment cannot do`,
    );
  }
  const { numEnvs, batchSize = numEnvs } = options;
  if (batchSize > numEnvs) {
    throw invalidArgument("batchSize", `expected at most numEnvs, ${numEnvs}, received ${batchSize}`);
  }
  return {
    game,
    num_envs: numEnvs,
    batch_size: batchSize,
    num_threads: options.numThreads ?? 0,
    thread_affinity_offset: options.threadAffinityOffset ?? -1,
    max_num_frames_per_episode: options.maxNumFramesPerEpisode ?? 108_000,
    repeat_action_probability: options.repeatActionProbability ?? repeatActionProbability,
    full_action_space: options.fullActionSpace ?? false,
    continuous: options.continuous ?? false,
    continuous_action_threshold: options.continuousActionThreshold ?? 0.5,
    autoreset_mode: options.autoresetMode === "nextStep" ? "NextStep" : "SameStep",
    img_height: options.imgHeight ?? 84,
    img_width: options.imgWidth ?? 84,
    grayscale: options.grayscale ?? true,
    stack_num: options.stackNum ?? 4,
    frameskip: skip,
    maxpool: options.maxpool ?? true,
    noop_max: options.noopMax ?? 30,
    episodic_life: options.episodicLife ?? false,
    life_loss_info: options.lifeLossInfo ?? false,
    reward_clipping: false, // done on this side, which also counts the whole score
    use_fire_reset: options.useFireReset ?? true,
  };
}

function vectorSpec(id: string) {
  const isGame = environments().some(({ game }) => game === id);
  return isGame ? { game: id, frameskip: 4, repeatActionProbability: 0 } : gameSpec(id);
}
