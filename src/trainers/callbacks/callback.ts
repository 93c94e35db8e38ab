/** Interfaces of callbacks: hooks that a trainer calls while it trains. */

import type { StateRecord, TypedArray } from "../../core/state.js";
import type { Info } from "../../envs/env.js";
import type { Logger, LogRow } from "../../logging/index.js";
import type { Trainer } from "../common/trainer.js";

/** The state of the training that every hook receives. */
export interface TrainerProgress {
  /** The trainer, e.g. to save it or to let it play. */
  readonly trainer: Trainer;
  /** Accepts further metrics: what is recorded before the end of `onUpdateEnd` becomes part of that update's row. */
  readonly logger: Logger;
  /**
   * Total number of steps over all `learn` calls, the step of the log's rows: environment steps, or minibatches of
   * `CloningTrainer`.
   */
  readonly globalStep: number;
  /** Total number of environment steps over all `learn` calls; 0 for `CloningTrainer`, which uses no environments. */
  readonly numTimesteps: number;
  /** Total number of updates. */
  readonly iterations: number;
  /** Seconds that this training has taken, including those before it was resumed. */
  readonly elapsedSeconds: number;
  /** Progress of this training: 0 at the start, 1 at the end. */
  readonly progress: number;
  /** Total number of finished whole episodes. */
  readonly numEpisodes: number;
  /** Mean return of the last 100 episodes; NaN before the first. */
  readonly meanReturn: number;
}

/**
 * Data of one step of all environments: SB3's `locals` of `on_step`. The arrays belong to the trainer and are valid
 * until the hook has returned: copy what you keep, and modify nothing. For `CloningTrainer`, which steps no
 * environments, all of them are empty.
 */
export interface PlayedStep {
  /** `[numEnvs, ...shape]` observations after the step, as the environments returned them; SB3's `new_obs`. */
  readonly observations: TypedArray;
  /** Actions of the step, flat `[numEnvs]`, or `[numEnvs, ...shape]`, as passed to the environments. */
  readonly actions: ArrayLike<number>;
  /** `[numEnvs]` rewards, as the environments returned them. */
  readonly rewards: Float32Array;
  /** `[numEnvs]`, 1 where the episode terminated. SB3's `dones` are `terminated | truncated`. */
  readonly terminated: Uint8Array;
  /** `[numEnvs]`, 1 where the episode was truncated. */
  readonly truncated: Uint8Array;
  /** `info` of each environment; where an episode ended, that of its last step. */
  readonly infos: readonly Info[];
  /** Last observation of each episode that ended in this step, `null` for other environments. */
  readonly finalObservations: readonly (TypedArray | null)[];
}

/** What `onStep` receives: the state of the training, and the data of the step. */
export interface StepProgress extends TrainerProgress, PlayedStep {}

/** Result of a hook: `false` ends the training. */
export type HookResult = boolean | void | Promise<boolean | void>;

/**
 * Hooks of `learn` with SB3's names. Each may be async. A hook that returns `false` ends the training: after the
 * current environment step (`onStep`), or after the current update (the others).
 *
 * @example
 * ```ts
 * const stopAt475: TrainerCallback = { onUpdateEnd: ({ meanReturn }) => !(meanReturn >= 475) };
 * await trainer.learn({ totalTimesteps: 100_000, callbacks: [stopAt475] });
 * ```
 */
export interface TrainerCallback {
  /** Name under which checkpoints store the callback's state; required with `getState`. */
  readonly name?: string;
  /** Whether the hooks run after those of all other callbacks, so that it sees and saves their effects; default false. */
  readonly last?: boolean;
  /** Called before the first step. */
  onTrainingStart?(progress: TrainerProgress): void | Promise<void>;
  /** Called before each rollout. */
  onRolloutStart?(progress: TrainerProgress): void | Promise<void>;
  /** Called after each step of the environments, with the data of the step. */
  onStep?(progress: StepProgress): HookResult;
  /** Called after each rollout, before its update. */
  onRolloutEnd?(progress: TrainerProgress): HookResult;
  /** Called after each update, with its metrics; what it records in the logger is added to the same row. */
  onUpdateEnd?(progress: TrainerProgress, row: LogRow): HookResult;
  /** Called after the last update, also when training was stopped; `failure` is the error that ended it, if any. */
  onTrainingEnd?(progress: TrainerProgress, failure?: unknown): void | Promise<void>;
  /** The callback's state for checkpoints. */
  getState?(): StateRecord;
  /** Restores the callback's state. */
  setState?(state: StateRecord): void;
}

/** A callback, or a function that is called after each step of the environments: the `onStep` of one. */
export type CallbackLike = TrainerCallback | ((progress: StepProgress) => HookResult);
