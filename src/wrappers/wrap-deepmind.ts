/** The usual wrappers of Atari games, in RLlib's and in Stable-Baselines3's order. */

import { checkOptions, optionNames } from "../core/check-options.js";
import type { RewardClipping } from "../core/reward-clipping.js";
import type { Env } from "../envs/env.js";
import { ClipReward } from "./clip-reward.js";
import { EpisodicLife } from "./episodic-life.js";
import { FireReset } from "./fire-reset.js";
import { FrameStack } from "./frame-stack.js";
import { MaxAndSkip } from "./max-and-skip.js";
import { NoopReset } from "./noop-reset.js";
import { RecordEpisodeStatistics } from "./record-episode-statistics.js";
import { StickyAction } from "./sticky-action.js";
import { WarpFrame } from "./warp-frame.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link wrapDeepmind} and {@link wrapAtari}. */
export interface WrapOptions {
  /** Rows and columns of the gray frames, default 84; `false` leaves observations unchanged. */
  dim?: number | false;
  /** Number of observations in a stack, default 4; `false` for none. */
  numStack?: number | false;
  /**
   * Whether to play every action for `skip` frames, default: when the id contains `"NoFrameskip"`; other ids
   * skip frames themselves.
   */
  noFrameskip?: boolean;
  /** Number of frames of {@link MaxAndSkip}, default 4. */
  skip?: number;
  /** Maximum number of NOOP steps after a reset, default 30; 0 for none. */
  noopMax?: number;
  /** Whether a lost life ends an episode, default true. */
  episodicLife?: boolean;
  /** Whether to press FIRE after a reset, in games that have it, default true. */
  fireReset?: boolean;
  /** Reward clipping, default `false`: RLlib clips in the learner (`clipRewards` of the trainers). */
  clipReward?: RewardClipping | false;
  /** Probability of sticky actions, default 0: none (`ALE/*-v5` has its own). */
  stickyProbability?: number;
}

const names = optionNames<WrapOptions>({
  dim: true,
  numStack: true,
  noFrameskip: true,
  skip: true,
  noopMax: true,
  episodicLife: true,
  fireReset: true,
  clipReward: true,
  stickyProbability: true,
});

/**
 * Wraps a game like RLlib's `wrap_deepmind`; from the inside out: {@link RecordEpisodeStatistics},
 * {@link NoopReset}, {@link MaxAndSkip} (only `NoFrameskip` ids), {@link EpisodicLife}, {@link FireReset} (only
 * games with FIRE), {@link WarpFrame}, {@link FrameStack}. Observations are uint8 `[dim, dim, numStack]`, 0..255.
 *
 * Options add {@link StickyAction} (inside NoopReset) and {@link ClipReward} (inside FrameStack). An environment
 * that already reports episode statistics is not wrapped in them again.
 *
 * @example
 * ```ts
 * const env = wrapDeepmind(make("Arcade/Breakout-v0"));
 * env.observationSpace.shape; // [84, 84, 4]
 * ```
 * @throws InvalidArgumentError when the environment lacks what a wrapper requires; the message names the wrapper
 */
export function wrapDeepmind(env: Env, options: WrapOptions = {}): Env {
  checkOptions("wrapDeepmind", options, names);
  const {
    dim = 84,
    numStack = 4,
    noFrameskip = env.id.includes("NoFrameskip"),
    skip = 4,
    noopMax = 30,
    episodicLife = true,
    fireReset = true,
    clipReward = false,
    stickyProbability = 0,
  } = options;
  let wrapped: Env = isRecorded(env) ? env : new RecordEpisodeStatistics(env);
  if (stickyProbability !== 0) wrapped = new StickyAction(wrapped, { probability: stickyProbability });
  if (noopMax !== 0) wrapped = new NoopReset(wrapped, { noopMax });
  if (noFrameskip) wrapped = new MaxAndSkip(wrapped, { skip });
  if (episodicLife) wrapped = new EpisodicLife(wrapped);
  if (fireReset && env.actionMeanings?.includes("FIRE")) wrapped = new FireReset(wrapped);
  if (dim !== false) wrapped = new WarpFrame(wrapped, { dim });
  if (clipReward !== false) wrapped = new ClipReward(wrapped, { clip: clipReward });
  return numStack === false ? wrapped : new FrameStack(wrapped, { numStack });
}

/**
 * Wraps a game that returns every frame (`*NoFrameskip-v4`, or `frameskip: 1`) like Stable-Baselines3's
 * `AtariWrapper` with a frame stack, and like CleanRL: as {@link wrapDeepmind}, but with {@link MaxAndSkip} whatever the id
 * and rewards clipped to their signs. All options can be changed.
 *
 * @example
 * ```ts
 * const env = wrapAtari(make("BreakoutNoFrameskip-v4"));
 * ```
 */
export function wrapAtari(env: Env, options: WrapOptions = {}): Env {
  const { noFrameskip = true, clipReward = "sign" } = options;
  return wrapDeepmind(env, { ...options, noFrameskip, clipReward });
}

function isRecorded(env: Env): boolean {
  if (!(env instanceof Wrapper)) return false;
  return env instanceof RecordEpisodeStatistics || isRecorded(env.env);
}
