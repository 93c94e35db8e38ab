/** Hooks into a running training. */

import type { StateRecord } from "../../core/state.js";
import type { Logger, LogRow } from "../../logging/index.js";
import type { Trainer } from "../common/trainer.js";

/** What a callback sees of the training. */
export interface TrainerProgress {
  /** The trainer: save it, or let it play. */
  readonly trainer: Trainer;
  /** Takes further figures for the next row. */
  readonly logger: Logger;
  /** Environment steps so far, over all `learn` calls. */
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
  /** After each step of the environments. */
  onStep?(progress: TrainerProgress): HookResult;
  /** After each rollout, before its update. */
  onRolloutEnd?(progress: TrainerProgress): HookResult;
  /** After each update, with its figures. */
  onUpdateEnd?(progress: TrainerProgress, row: LogRow): HookResult;
  /** After the last update, also when training was stopped; `failure` is the error that ended it, if one did. */
  onTrainingEnd?(progress: TrainerProgress, failure?: unknown): void | Promise<void>;
  /** What a resumed training has to know of the callback. */
  getState?(): StateRecord;
  /** Puts it back. */
  setState?(state: StateRecord): void;
}
