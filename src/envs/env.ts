/** The interface of environments (Gymnasium's). */

import { optionNames } from "../core/check-options.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { ActionSpace, Box } from "../spaces/index.js";

/** An action: an index for `Discrete`, an array for other spaces. */
export type Action = number | TypedArray;

/**
 * Additional information about a step: a record of values that can be sent to another thread, without functions.
 * Games report `lives`; `RecordEpisodeStatistics` adds `episode`.
 */
export interface Info {
  /** Number of lives left, for games that have them. */
  lives?: number;
  /** Set on the last step of a complete, unwrapped episode. */
  episode?: EpisodeStatistics;
  /** Any other information of the environment. */
  [key: string]: unknown;
}

/** Return and length of one complete episode. */
export interface EpisodeStatistics {
  /** Sum of unclipped rewards. */
  return: number;
  /** Number of steps. */
  length: number;
}

/** Result of {@link Env.reset}. */
export interface ResetResult {
  /** First observation; valid until the next call. */
  observation: TypedArray;
  /** Additional information. */
  info: Info;
}

/** Result of {@link Env.step}. */
export interface StepResult extends ResetResult {
  /** Reward of this step. */
  reward: number;
  /** Whether the task itself ended: the value of what follows is zero. */
  terminated: boolean;
  /** Whether the episode was cut off from outside (a time limit): what follows still has a value. */
  truncated: boolean;
}

/** An RGB frame. */
export interface Frame {
  /** Number of rows. */
  height: number;
  /** Number of columns. */
  width: number;
  /** Pixels: `height * width * 3` bytes, red, green, blue, row by row. */
  data: Uint8Array;
}

/** Options of {@link Env.reset}. */
export interface ResetOptions {
  /** Seeds the environment's generator; without it the generator continues. */
  seed?: number;
  /**
   * Further options of this episode (Gymnasium's `options`), e.g. the level of a curriculum. They are specific to the
   * environment; wrappers pass them on, vector environments to all of theirs. They do not apply to later resets.
   */
  options?: Readonly<Record<string, unknown>>;
}

/** The names of {@link ResetOptions}. */
export const resetNames = optionNames<ResetOptions>({
  seed: true,
  options: true,
});

/** Options of {@link Env.repeatStep}. */
export interface RepeatOptions {
  /** Maximum number of steps. */
  times: number;
  /** Whether the observation is the elementwise maximum of the last two steps', if there were two; default false. */
  max?: boolean;
}

/** Result of {@link Env.repeatStep}. */
export interface RepeatResult extends StepResult {
  /** Number of steps played, 1 to `times`. */
  steps: number;
}

/**
 * One environment. Observations are typed arrays of the observation space's shape and type;
 * an array that `reset` or `step` returned may be overwritten by the next call: copy it to keep it.
 *
 * @example
 * ```ts
 * const env = make("CartPole-v1");
 * let { observation } = env.reset({ seed: 0 });
 * for (let done = false; !done; ) {
 *   const step = env.step(observation[2] > 0 ? 1 : 0);
 *   observation = step.observation;
 *   done = step.terminated || step.truncated;
 * }
 * env.close();
 * ```
 */
export interface Env {
  /** Registered id, e.g. `"CartPole-v1"`. */
  readonly id: string;
  /** Space of the observations. */
  readonly observationSpace: Box;
  /** Space of the actions. */
  readonly actionSpace: ActionSpace;
  /** Names of discrete actions as in ALE (`"NOOP"`, `"FIRE"`, ...), for games. */
  readonly actionMeanings?: readonly string[] | undefined;
  /** Starts a new episode. */
  reset(options?: ResetOptions): ResetResult;
  /** Plays one step. Throws `InvalidStateError` before `reset` and after the episode's end. */
  step(action: Action): StepResult;
  /**
   * Plays one action for up to `times` steps, stopping at the episode's end; offered if one call is faster than
   * many (an emulator in another process). The result is that of the single steps: the sum of
   * their rewards, the number of `steps`, and the ends, `info` and observation of the last one.
   */
  repeatStep?(action: Action, options: RepeatOptions): RepeatResult;
  /** Renders the current frame. */
  render(): Frame;
  /** Frees the environment's resources; further calls throw. Calling it twice is allowed. */
  close(): void;
  /** Closes the environment at the end of a `using` block; environments from `make` have it. */
  [Symbol.dispose]?(): void;
  /**
   * Returns a copy of everything that determines the future, including the generator; missing if a game cannot be
   * saved.
   */
  getState?(): StateRecord;
  /** Restores such a copy. */
  setState?(state: StateRecord): void;
}
