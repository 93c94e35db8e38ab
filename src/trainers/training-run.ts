/** One call of `learn`: its goal, its clock, its callbacks and its log. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Stateful, StateRecord } from "../core/state.js";
import { Logger, type LogRow } from "../logging/index.js";
import type { TrainerCallback, TrainerProgress } from "./callback.js";
import { host } from "./host.js";
import type { Trainer } from "./trainer.js";

// Milliseconds between turns that are left to others.
const BREATH = 100;

/** Options of a trainer's `learn`. */
export interface LearnOptions {
  /** Ends when this many environment steps more are reached. */
  totalTimesteps?: number;
  /** Ends after the update that reaches this wall-clock time, in hours. */
  hours?: number;
  /** Hooks; one that returns `false` ends the training. */
  callbacks?: TrainerCallback[];
  /** Shows a progress bar; needs `ncps-ts/node` in Node. Default false. */
  progressBar?: boolean;
  /** Receives the figures of every `logInterval` updates. */
  logger?: Logger;
  /** Updates between rows, default 1. */
  logInterval?: number;
}

interface Goal extends StateRecord {
  /** Steps of the trainer when the goal was set. */
  first: number;
  totalTimesteps: number;
  hours: number;
  /** Seconds spent on it before this call. */
  spent: number;
}

/**
 * What a trainer's `learn` keeps beside the trainer: it tells how far the training is, calls the hooks,
 * and knows when to end. Its state makes a resumed training end where the first one would have.
 */
export class TrainingRun implements Stateful {
  /** Updates between rows of the log. */
  readonly logInterval: number;
  /** Receives the rows. */
  readonly logger: Logger;
  private readonly callbacks: readonly TrainerCallback[];
  private readonly steps: readonly TrainerCallback[];
  private readonly goal: Goal;
  private readonly began = performance.now();
  private ended?: number;
  private stopped = false;
  private lastBreath = this.began;

  /**
   * @param trainer the trainer · @param options of `learn` · @param interrupted state of the training
   *   that is taken up again: its goal, unless `options` name another one, and its callbacks' states
   * @throws InvalidArgumentError when there is no goal, or a limit is not a positive number
   */
  constructor(
    private readonly trainer: Trainer,
    options: LearnOptions,
    interrupted?: StateRecord,
  ) {
    const { totalTimesteps, hours, logInterval = 1, logger = new Logger() } = options;
    for (const [name, limit] of Object.entries({ totalTimesteps, hours, logInterval })) {
      if (limit !== undefined && !(limit > 0)) {
        throw new InvalidArgumentError(name, `expected a positive number, received ${limit}`);
      }
    }
    const old = interrupted?.goal as Goal | undefined;
    const none = Number.POSITIVE_INFINITY;
    const same = old?.totalTimesteps === (totalTimesteps ?? none) && old.hours === (hours ?? none);
    if (totalTimesteps === undefined && hours === undefined && !old) {
      throw new InvalidArgumentError("learn", "expected totalTimesteps or hours");
    }
    this.goal =
      old && (same || (totalTimesteps === undefined && hours === undefined))
        ? { ...old }
        : {
            first: trainer.numTimesteps,
            totalTimesteps: totalTimesteps ?? none,
            hours: hours ?? none,
            spent: 0,
          };
    this.logger = logger;
    this.logInterval = logInterval;
    const callbacks = [...(options.callbacks ?? [])];
    if (options.progressBar)
      callbacks.unshift(
        host("progressBar", "use a callback that draws what `onUpdateEnd` is given").progressBar(),
      );
    this.callbacks = [...callbacks.filter(({ last }) => !last), ...callbacks.filter(({ last }) => last)];
    this.steps = this.callbacks.filter(({ onStep }) => onStep);
    if (interrupted) this.setState(interrupted);
  }

  /** How far the training is. */
  look(): TrainerProgress {
    const { trainer, logger, goal } = this;
    const { numTimesteps, iterations, episodes } = trainer;
    const elapsedSeconds = goal.spent + ((this.ended ?? performance.now()) - this.began) / 1000;
    const steps = (numTimesteps - goal.first) / goal.totalTimesteps;
    return {
      trainer,
      logger,
      numTimesteps,
      iterations,
      elapsedSeconds,
      progress: Math.min(1, Math.max(steps, elapsedSeconds / 3600 / goal.hours)),
      numEpisodes: episodes.count,
      meanReturn: episodes.meanReturn,
    };
  }

  /** Whether training goes on: nobody stopped it, and its goal is not reached. */
  get running(): boolean {
    return !this.stopped && this.look().progress < 1;
  }

  /** Whether a hook ended the training. */
  get interrupted(): boolean {
    return this.stopped;
  }

  /** Trains by `loop` between `onTrainingStart` and `onTrainingEnd`; callbacks hear of its failure as well. */
  async conduct(loop: () => Promise<void>): Promise<void> {
    try {
      await this.attended(loop);
    } finally {
      // What is saved later has spent no more time on its goal.
      this.ended = performance.now();
    }
  }

  private async attended(loop: () => Promise<void>): Promise<void> {
    try {
      for (const callback of this.callbacks) await callback.onTrainingStart?.(this.look());
      await loop();
    } catch (failure) {
      await this.end(failure);
      throw failure;
    }
    await this.end();
  }

  /** Calls `onRolloutStart`. */
  async rolloutStart(): Promise<void> {
    for (const callback of this.callbacks) await callback.onRolloutStart?.(this.look());
  }

  /** Calls `onStep`; returns whether training goes on. */
  async step(): Promise<boolean> {
    for (const callback of this.steps) this.heed(await callback.onStep?.(this.look()));
    await this.breathe();
    return !this.stopped;
  }

  /** Calls `onRolloutEnd`. */
  async rolloutEnd(): Promise<void> {
    for (const callback of this.callbacks) this.heed(await callback.onRolloutEnd?.(this.look()));
  }

  /** Logs the figures of an update, and calls `onUpdateEnd`. */
  async updateEnd(row: LogRow): Promise<void> {
    const { trainer, logger, goal } = this;
    const { numTimesteps, iterations, elapsedSeconds } = this.look();
    Object.assign(row, {
      "time/fps": Math.round((numTimesteps - goal.first) / elapsedSeconds),
      "time/iterations": iterations,
      "time/time_elapsed": elapsedSeconds,
      "time/total_timesteps": numTimesteps,
    });
    if (trainer.iterations % this.logInterval === 0) {
      logger.recordAll(row);
      logger.dump(numTimesteps);
    }
    for (const callback of this.callbacks) this.heed(await callback.onUpdateEnd?.(this.look(), row));
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const callbacks: StateRecord = {};
    for (const [key, callback] of this.named()) {
      const state = callback.getState?.();
      if (state) callbacks[key] = state;
    }
    const goal = { ...this.goal, spent: this.look().elapsedSeconds };
    return { goal, callbacks, logger: this.logger.getState() };
  }

  /** Puts the states of callbacks and log back; those that were not there when it was saved stay as they are. */
  setState({ callbacks, logger }: StateRecord): void {
    for (const [key, callback] of this.named()) {
      const state = (callbacks as StateRecord)[key];
      if (state) callback.setState?.(state as StateRecord);
    }
    this.logger.setState(logger as StateRecord);
  }

  // Callbacks that have a name, those of one name told apart by their order.
  private named(): Map<string, TrainerCallback> {
    const named = new Map<string, TrainerCallback>();
    for (const callback of this.callbacks) {
      if (callback.name === undefined) continue;
      let key = callback.name;
      for (let n = 2; named.has(key); n++) key = `${callback.name}#${n}`;
      named.set(key, callback);
    }
    return named;
  }

  // Calls `onTrainingEnd` of all, whatever one of them throws.
  private async end(failure?: unknown): Promise<void> {
    const errors: unknown[] = [];
    for (const callback of this.callbacks) {
      try {
        await callback.onTrainingEnd?.(this.look(), failure);
      } catch (error) {
        errors.push(error);
      }
    }
    if (failure === undefined && errors.length > 0) throw errors[0];
  }

  // Where nothing is ever waited for, signals, timers and pages would not get their turn.
  private async breathe(): Promise<void> {
    if (performance.now() - this.lastBreath < BREATH) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.lastBreath = performance.now();
  }

  private heed(result: boolean | void): void {
    if (result === false) this.stopped = true;
  }
}
