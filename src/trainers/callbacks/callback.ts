/** Hooks into a running training. */

import type { StateRecord, TypedArray } from "../../core/state.js";
import type { Info } from "../../envs/env.js";
import type { Logger, LogRow } from "../../logging/index.js";
import type { Trainer } from "../common/trainer.js";

/** What a callback sees of the training. */
export interface TrainerProgress {
  /** The trainer: save it, or let it play. */
  readonly trainer: Trainer;
  /** Takes further metrics: what is recorded before the end of `onUpdateEnd` stands in that update's row. */
  readonly logger: Logger;
  /**
   * Steps so far, over all `learn` calls, at which rows of the log are written: environment steps, or minibatches of
   * `CloningTrainer`.
   */
  readonly globalStep: number;
  /** Environment steps so far, over all `learn` calls; 0 for `CloningTrainer`, which plays none. */
  readonly numTimesteps: number;
  /** Updates so far. */
  readonly iterations: number;
  /** Seconds that this training has taken, those before it was resumed included. */
  readonly elapsedSeconds: number;
  /** 0 at the start, 1 at the end of this training. */
  readonly progress: number;
  /** Finished whole episodes so far. */
  readonly numEpisodes: number;
  /** Mean return of the last 100 episodes, NaN before the first. */
  readonly meanReturn: number;
}

/**
 * What was played in a step of all environments: SB3's `locals` of `on_step`. Everything is the trainer's own and
 * valid until the hook has returned: copy what you keep, and change nothing. For `CloningTrainer`, which plays no
 * environments, all of it is empty.
 */
export interface PlayedStep {
  /** `[numEnvs, ...shape]` observations after the step, as the environments gave them; SB3's `new_obs`. */
  readonly observations: TypedArray;
  /** Actions of the step, flat `[numEnvs]`, or `[numEnvs, ...shape]`, as the environments took them. */
  readonly actions: ArrayLike<number>;
  /** `[numEnvs]` rewards, as the environments gave them. */
  readonly rewards: Float32Array;
  /** `[numEnvs]`, 1 where the task ended. SB3's `dones` are `terminated | truncated`. */
  readonly terminated: Uint8Array;
  /** `[numEnvs]`, 1 where the episode was cut from outside. */
  readonly truncated: Uint8Array;
  /** What each environment told beside; of the ended episode's last step, where one ended. */
  readonly infos: readonly Info[];
  /** Last observation of each episode that ended in this step, `null` for the others. */
  readonly finalObservations: readonly (TypedArray | null)[];
}

/** What `onStep` sees: the training, and the step that was played. */
export interface StepProgress extends TrainerProgress, PlayedStep {}

/** `false` ends the training. */
export type HookResult = boolean | void | Promise<boolean | void>;

/**
 * Hooks of `learn`; SB3's names. Each may be async. A hook that returns `false` ends the training: after the
 * present environment step (`onStep`), or after the present update (the others).
 *
 * @example
 * ```ts
 * const stopAt475: TrainerCallback = { onUpdateEnd: ({ meanReturn }) => !(meanReturn >= 475) };
 * await trainer.learn({ totalTimesteps: 100_000, callbacks: [stopAt475] });
 * ```
 */
export interface TrainerCallback {
  /** Under which name checkpoints keep the callback's state; needed with `getState`. */
  readonly name?: string;
  /** Whether its hooks run after those of all others, so that it sees (and saves) what they did; default false. */
  readonly last?: boolean;
  /** Before the first step. */
  onTrainingStart?(progress: TrainerProgress): void | Promise<void>;
  /** Before each rollout. */
  onRolloutStart?(progress: TrainerProgress): void | Promise<void>;
  /** After each step of the environments, with what they gave. */
  onStep?(progress: StepProgress): HookResult;
  /** After each rollout, before its update. */
  onRolloutEnd?(progress: TrainerProgress): HookResult;
  /** After each update, with its metrics; what it records in the logger stands in the same row. */
  onUpdateEnd?(progress: TrainerProgress, row: LogRow): HookResult;
  /** After the last update, also when training was stopped; `failure` is the error that ended it, if one did. */
  onTrainingEnd?(progress: TrainerProgress, failure?: unknown): void | Promise<void>;
  /** What a resumed training has to know of the callback. */
  getState?(): StateRecord;
  /** Puts it back. */
  setState?(state: StateRecord): void;
}

/** A callback, or a function that is called after each step of the environments: the `onStep` of one. */
export type CallbackLike = TrainerCallback | ((progress: StepProgress) => HookResult);
