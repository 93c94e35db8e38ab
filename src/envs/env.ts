/** The contract between environments and everything that plays in them (Gymnasium's). */

import { optionNames } from "../core/check-options.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { ActionSpace, Box } from "../spaces/index.js";

/** What an agent does in one step: an index for `Discrete`, an array for other spaces. */
export type Action = number | TypedArray;

/**
 * Facts beside the observation: a record of values that can be sent to another thread, without functions. Games report `lives`; `RecordEpisodeStatistics` adds `episode`.
 */
export interface Info {
  /** Lives left, for games that have them. */
  lives?: number;
  /** Set on the last step of a whole, unwrapped episode. */
  episode?: EpisodeStatistics;
  /** Anything else that an environment has to tell. */
  [key: string]: unknown;
}

/** Return and length of one whole episode. */
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
  /** Facts beside it. */
  info: Info;
}

/** Result of {@link Env.step}. */
export interface StepResult extends ResetResult {
  /** Reward of this step. */
  reward: number;
  /** The task itself ended: the value of what follows is zero. */
  terminated: boolean;
  /** The episode was cut from outside (a time limit): what follows still has a value. */
  truncated: boolean;
}

/** An RGB picture. */
export interface Frame {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** `height * width * 3` bytes, red, green, blue, row by row. */
  data: Uint8Array;
}

/** Options of {@link Env.reset}. */
export interface ResetOptions {
  /** Seeds the environment's generator; without it the generator goes on. */
  seed?: number;
  /**
   * What else this episode starts with (Gymnasium's `options`), e.g. the level of a curriculum. Every environment knows
   * its own; wrappers pass them on, vector environments to all of theirs. The next reset has none unless given some.
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
  /** Most steps. */
  times: number;
  /** The observation is the elementwise maximum of the last two steps', where there were two; default false. */
  max?: boolean;
}

/** Result of {@link Env.repeatStep}. */
export interface RepeatResult extends StepResult {
  /** Steps played, 1 to `times`. */
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
  /** What observations look like. */
  readonly observationSpace: Box;
  /** What actions are allowed. */
  readonly actionSpace: ActionSpace;
  /** Names of discrete actions in ALE's words (`"NOOP"`, `"FIRE"`, ...), for games. */
  readonly actionMeanings?: readonly string[] | undefined;
  /** Starts a new episode. */
  reset(options?: ResetOptions): ResetResult;
  /** Plays one step. Throws `InvalidStateError` before `reset` and after the episode's end. */
  step(action: Action): StepResult;
  /**
   * Plays one action for up to `times` steps, stopping at the episode's end; offered where one call is quicker than
   * many (an emulator in another process). The result is what that many calls of `step` would lead to: the sum of
   * their rewards, how many `steps` there were, and of the last one the ends, `info` and the observation.
   */
  repeatStep?(action: Action, options: RepeatOptions): RepeatResult;
  /** A picture of the present moment. */
  render(): Frame;
  /** Frees what the environment holds; further calls throw. Calling it twice is allowed. */
  close(): void;
  /** Closes it at the end of a `using` block; what `make` returns has it. */
  [Symbol.dispose]?(): void;
  /** A copy of everything that decides the future, generator included; missing where a game cannot be saved. */
  getState?(): StateRecord;
  /** Puts such a copy back. */
  setState?(state: StateRecord): void;
}
