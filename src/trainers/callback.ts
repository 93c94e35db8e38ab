/** Hooks into a running training. */

import type { LogRow } from "../logging/index.js";

/** What a callback sees of the trainer. */
export interface TrainerProgress {
  /** Environment steps so far, over all `learn` calls. */
  readonly numTimesteps: number;
  /** Updates so far. */
  readonly iterations: number;
  /** Seconds since `learn` was called. */
  readonly elapsedSeconds: number;
  /** 0 at the start, 1 at the end of this `learn`. */
  readonly progress: number;
  /** Finished whole episodes so far. */
  readonly numEpisodes: number;
  /** Mean return of the last 100 episodes, NaN before the first. */
  readonly meanReturn: number;
}

/**
 * Hooks of `learn`; SB3's names. Each may be async. A hook that returns `false` ends the training
 * after the present update.
 *
 * @example
 * ```ts
 * const stopAt475: TrainerCallback = { onUpdateEnd: ({ meanReturn }) => !(meanReturn >= 475) };
 * await trainer.learn({ totalTimesteps: 100_000, callbacks: [stopAt475] });
 * ```
 */
export interface TrainerCallback {
  /** Before the first rollout. */
  onTrainingStart?(progress: TrainerProgress): void | Promise<void>;
  /** After each rollout, before its update. */
  onRolloutEnd?(progress: TrainerProgress): boolean | void | Promise<boolean | void>;
  /** After each update, with its figures. */
  onUpdateEnd?(progress: TrainerProgress, row: LogRow): boolean | void | Promise<boolean | void>;
  /** After the last update, also when training was stopped. */
  onTrainingEnd?(progress: TrainerProgress): void | Promise<void>;
}
