/** State of one `learn()` call: goal, elapsed time, callbacks and log. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import { checkSignal } from "../../core/check-signal.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { PlatformService } from "../../core/platform.js";
import { showValue } from "../../core/show-value.js";
import type { Stateful, StateRecord } from "../../core/state.js";
import { EventLoopTurns } from "../../core/yield.js";
import { Logger, type LogRow, TableSink } from "../../logging/index.js";
import type { CallbackLike, PlayedStep, TrainerCallback, TrainerProgress } from "../callbacks/callback.js";
import { toCallbacks } from "../callbacks/callback-list.js";
import { restorePart } from "./state-parts.js";
import { globalStepOf, stepCount, type Trainer } from "./trainer.js";

/** Options of a trainer's `learn`. */
export interface LearnOptions {
  /** Ends the training after this many further environment steps. */
  totalTimesteps?: number;
  /** Ends the training after the update that reaches this wall-clock time, in hours. */
  hours?: number;
  /**
   * One callback or a list of them, default none. A function is called after each step of the environments. A callback
   * that returns `false` ends the training.
   */
  callbacks?: CallbackLike | readonly CallbackLike[];
  /** Shows a progress bar; needs `ncps-ts/node` in Node. Default false. */
  progressBar?: boolean;
  /** Receives the metrics of every `logInterval` updates; defaults to a logger without sinks. */
  logger?: Logger;
  /** Number of updates between rows, default 1. */
  logInterval?: number;
  /** 1 prints every row as a table, as SB3 does; 0 prints nothing. Default 0. */
  verbose?: 0 | 1;
  /**
   * Ends the training like a callback that returns `false`: after the current environment step or the current update.
   * `learn` then resolves normally, `onTrainingEnd` is called, and the saved run can be resumed. Default none.
   */
  signal?: AbortSignal;
  /**
   * Whether to reset the count of environment steps, the window of last episodes and the environments; weights,
   * optimizer and the count of updates are kept. Default false (SB3: true): the count continues.
   */
  resetNumTimesteps?: boolean;
}

/** Progress bars for `learn({ progressBar: true })`. */
export const progressBars = new PlatformService<() => TrainerCallback>("terminal");

const learnOptions = optionNames<LearnOptions>({
  totalTimesteps: true,
  hours: true,
  callbacks: true,
  progressBar: true,
  logger: true,
  logInterval: true,
  verbose: true,
  signal: true,
  resetNumTimesteps: true,
});

const hints = {
  tb_log_name:
    "rows go to the sinks of logger; openRun() of ncps-ts/node makes a folder with TensorBoard files",
  epochs: "it is an option of CloningTrainer.learn; count steps by totalTimesteps",
  totalBatches: "it is an option of CloningTrainer.learn; count steps by totalTimesteps",
};

interface Goal extends StateRecord {
  /** Global step of the trainer when the goal was set. */
  first: number;
  /** Global steps from there, of environments or minibatches. */
  totalTimesteps: number;
  hours: number;
  /** Seconds spent on the goal before this call. */
  spent: number;
}

const nothingPlayed: PlayedStep = {
  observations: new Float32Array(0),
  actions: [],
  rewards: new Float32Array(0),
  terminated: new Uint8Array(0),
  truncated: new Uint8Array(0),
  infos: [],
  finalObservations: [],
};

/** Called with every row that is logged; `false` ends the training. */
export type RowListener = (row: LogRow) => boolean | Promise<boolean>;

/**
 * State of one `learn()` call: measures progress, calls the callbacks and decides when to end. Its saved state makes a
 * resumed training end where the original one would have.
 */
export class TrainingRun implements Stateful {
  /** Number of updates between rows of the log. */
  readonly logInterval: number;
  /** Receives the rows. */
  readonly logger: Logger;
  /** Yields to the event loop from time to time. */
  readonly turns = new EventLoopTurns();
  private readonly callbacks: readonly TrainerCallback[];
  private readonly steps: readonly TrainerCallback[];
  private readonly goal: Goal;
  private readonly signal?: AbortSignal;
  private readonly table?: TableSink;
  private readonly began = performance.now();
  private ended?: number;
  private stopped = false;
  // Step of a row that is complete except for metrics recorded by the callbacks now being called.
  private due?: number;

  /**
   * @param trainer the trainer · @param options options of `learn` · @param interrupted state of the training that is
   *   resumed: its goal, unless `options` set another one, and its callbacks' states
   * @param onRow called with every row
   * @throws InvalidArgumentError when there is no goal, or an option is unknown or has a wrong value
   */
  constructor(
    private readonly trainer: Trainer,
    options: LearnOptions,
    interrupted?: StateRecord,
    private readonly onRow?: RowListener,
  ) {
    checkLearnOptions(options);
    const { totalTimesteps, hours, logInterval = 1, logger = new Logger() } = options;
    const old = interrupted?.goal as Goal | undefined;
    const none = Number.POSITIVE_INFINITY;
    const same = old?.totalTimesteps === (totalTimesteps ?? none) && old.hours === (hours ?? none);
    if (totalTimesteps === undefined && hours === undefined && !old) {
      const goals =
        trainer.numBatches === undefined ? "totalTimesteps or hours" : "epochs, totalBatches or hours";
      throw new InvalidArgumentError("learn", `expected ${goals}`);
    }
    this.goal =
      old && (same || (totalTimesteps === undefined && hours === undefined))
        ? { ...old }
        : {
            first: globalStepOf(trainer),
            totalTimesteps: totalTimesteps ?? none,
            hours: hours ?? none,
            spent: 0,
          };
    this.logger = logger;
    this.logInterval = logInterval;
    this.signal = options.signal;
    if (options.verbose && !logger.sinks.some((sink) => sink instanceof TableSink)) {
      this.table = new TableSink();
    }
    const callbacks = toCallbacks(options.callbacks);
    if (options.progressBar)
      callbacks.unshift(
        progressBars.require("progressBar", "use a callback that draws what `onUpdateEnd` is given")(),
      );
    this.callbacks = [...callbacks.filter(({ last }) => !last), ...callbacks.filter(({ last }) => last)];
    this.steps = this.callbacks.filter(({ onStep }) => onStep);
    if (interrupted) this.setState(interrupted);
  }

  /** Progress of the training, as callbacks receive it. */
  progress(): TrainerProgress {
    const { trainer, logger, goal } = this;
    const { numTimesteps, iterations, episodes } = trainer;
    const elapsedSeconds = goal.spent + ((this.ended ?? performance.now()) - this.began) / 1000;
    const globalStep = globalStepOf(trainer);
    const steps = (globalStep - goal.first) / goal.totalTimesteps;
    return {
      trainer,
      logger,
      globalStep,
      numTimesteps,
      iterations,
      elapsedSeconds,
      progress: Math.min(1, Math.max(steps, elapsedSeconds / 3600 / goal.hours)),
      numEpisodes: episodes.count,
      meanReturn: episodes.meanReturn,
    };
  }

  /** Whether training continues: nothing stopped it, and its goal is not reached. */
  get running(): boolean {
    return !this.interrupted && this.progress().progress < 1;
  }

  /** Whether a callback or the signal ended the training. */
  get interrupted(): boolean {
    return this.stopped || this.signal?.aborted === true;
  }

  /** Runs `loop` between `onTrainingStart` and `onTrainingEnd`; errors are passed to `onTrainingEnd`. */
  async runWithHooks(loop: () => Promise<void>): Promise<void> {
    const { table, logger } = this;
    if (table) logger.sinks.push(table);
    try {
      await this.callHooks(loop);
    } finally {
      // A state saved later must not count more time.
      this.ended = performance.now();
      if (table) logger.sinks.splice(logger.sinks.indexOf(table), 1);
    }
  }

  private async callHooks(loop: () => Promise<void>): Promise<void> {
    try {
      for (const callback of this.callbacks) await callback.onTrainingStart?.(this.progress());
      await this.dump(); // a row whose callbacks were running when the run was saved
      await loop();
    } catch (failure) {
      await this.end(failure);
      throw failure;
    }
    await this.end();
  }

  /** Calls `onRolloutStart`. */
  async rolloutStart(): Promise<void> {
    for (const callback of this.callbacks) await callback.onRolloutStart?.(this.progress());
  }

  /** Calls `onStep` with the step's data; returns whether training continues. */
  async step(played: PlayedStep = nothingPlayed): Promise<boolean> {
    const { observations, actions, rewards, terminated, truncated, infos, finalObservations } = played;
    const seen = { observations, actions, rewards, terminated, truncated, infos, finalObservations };
    for (const callback of this.steps)
      this.applyHookResult(await callback.onStep?.({ ...this.progress(), ...seen }));
    if (this.turns.due) await this.turns.give();
    return !this.interrupted;
  }

  /** Calls `onRolloutEnd`. */
  async rolloutEnd(): Promise<void> {
    for (const callback of this.callbacks)
      this.applyHookResult(await callback.onRolloutEnd?.(this.progress()));
  }

  /** Calls `onUpdateEnd`, and logs the metrics of the update together with those that callbacks recorded. */
  async updateEnd(row: LogRow): Promise<void> {
    const { trainer, logger, goal } = this;
    const { globalStep, iterations, elapsedSeconds } = this.progress();
    const speed = (globalStep - goal.first) / elapsedSeconds;
    Object.assign(row, {
      ...(trainer.numBatches === undefined
        ? { "time/fps": Math.round(speed), "time/iterations": iterations }
        : { "time/batches_per_second": speed }),
      "time/time_elapsed": elapsedSeconds,
      ...stepCount(trainer),
    });
    const { successRate } = trainer.episodes;
    if (!Number.isNaN(successRate)) row["rollout/success_rate"] = successRate;
    if (trainer.iterations % this.logInterval === 0) {
      logger.recordAll(row);
      this.due = globalStep;
    }
    try {
      for (const callback of this.callbacks)
        this.applyHookResult(await callback.onUpdateEnd?.(this.progress(), row));
    } finally {
      await this.dump();
    }
  }

  // Writes the pending row.
  private async dump(): Promise<void> {
    const { due } = this;
    if (due === undefined) return;
    this.due = undefined;
    const row = this.logger.dump(due);
    if (this.onRow) this.applyHookResult(await this.onRow(row));
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const callbacks: StateRecord = {};
    for (const [key, callback] of this.named()) {
      const state = callback.getState?.();
      if (state) callbacks[key] = state;
    }
    const goal = { ...this.goal, spent: this.progress().elapsedSeconds };
    return { goal, callbacks, logger: this.logger.getState(), due: this.due ?? null };
  }

  /** Restores the states of callbacks and log; callbacks that were not saved keep their state. */
  setState({ callbacks, logger, due }: StateRecord): void {
    for (const [key, callback] of this.named()) {
      const state = (callbacks as StateRecord)[key];
      if (state) restorePart(`run.callbacks.${key}`, () => callback.setState?.(state as StateRecord));
    }
    restorePart("run.logger", () => this.logger.setState(logger as StateRecord));
    this.due = (due as number | null | undefined) ?? undefined; // missing in older checkpoints
  }

  // Callbacks with a name; those of the same name are numbered in order.
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

  // Calls every `onTrainingEnd`, even if one of them throws.
  private async end(failure?: unknown): Promise<void> {
    const errors: unknown[] = [];
    for (const callback of this.callbacks) {
      try {
        await callback.onTrainingEnd?.(this.progress(), failure);
      } catch (error) {
        errors.push(error);
      }
    }
    if (failure === undefined && errors.length > 0) throw errors[0];
  }

  private applyHookResult(result: boolean | void): void {
    if (result === false) this.stopped = true;
  }
}

/** Checks limits of a training. @throws InvalidArgumentError when one is not positive */
export function checkLimits(limits: Record<string, unknown>): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit !== undefined && !(typeof limit === "number" && limit > 0)) {
      throw new InvalidArgumentError(name, `expected a positive number, received ${showValue(limit)}`);
    }
  }
}

/**
 * Validates the options of `learn`.
 *
 * @throws InvalidArgumentError when one is unknown or has a wrong value
 */
export function checkLearnOptions(options: LearnOptions): void {
  checkOptions("learn", options, learnOptions, hints);
  const { totalTimesteps, hours, logInterval, logger, signal } = options;
  checkLimits({ totalTimesteps, hours, logInterval });
  if (logger !== undefined && typeof logger?.dump !== "function") {
    throw new InvalidArgumentError(
      "logger",
      `expected new Logger([...]) with sinks, received ${showValue(logger)}`,
    );
  }
  checkSignal(signal);
}
