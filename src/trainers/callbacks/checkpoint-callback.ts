/** A callback that saves checkpoints during training. */

import type { CheckpointStore } from "../../checkpoints/index.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { checkpointStore } from "../common/checkpoint-paths.js";
import type { TrainerCallback, TrainerProgress } from "./callback.js";
import { StepTrigger } from "./step-trigger.js";

/** Options of {@link CheckpointCallback}. */
export interface CheckpointCallbackOptions {
  /** Folder of the checkpoints (needs `ncps-ts/node` in Node), or a store. */
  savePath: string | CheckpointStore;
  /** Environment steps between checkpoints, over all environments. */
  saveFreq?: number;
  /** Minutes between checkpoints. */
  everyMinutes?: number;
  /** Number of newest checkpoints to keep, default all. */
  keepLast?: number;
  /** Number of checkpoints with the best mean return to keep in addition, default 0. */
  keepBest?: number;
  /** Whether to save when training ends, also when stopped by Ctrl-C or a callback; default true. */
  saveAtEnd?: boolean;
  /** Prefix of the names; default `"step"`, as in `step-000000204800`. */
  namePrefix?: string;
}

const names = optionNames<CheckpointCallbackOptions>({
  savePath: true,
  saveFreq: true,
  everyMinutes: true,
  keepLast: true,
  keepBest: true,
  saveAtEnd: true,
  namePrefix: true,
});

interface Saved extends StateRecord {
  name: string;
  meanReturn: number;
}

/**
 * Saves the run at intervals, between two environment steps, and removes old checkpoints.
 *
 * @example
 * ```ts
 * const checkpoints = new CheckpointCallback({
 *   savePath: "runs/breakout/checkpoints",
 *   everyMinutes: 10,
 *   keepLast: 3,
 *   keepBest: 1,
 * });
 * await trainer.learn({ hours: 8, callbacks: [checkpoints] });
 * ```
 */
export class CheckpointCallback implements TrainerCallback {
  /** @inheritDoc */
  readonly name = "checkpoint";
  /** Runs after all other callbacks, so that the checkpoint includes their effects of this step. */
  readonly last = true;
  private readonly store: CheckpointStore;
  private readonly trigger?: StepTrigger;
  private saved: Saved[] = [];
  // Checkpoints to remove once the current one is safely written. It lists them, in case the process is killed before.
  private forgotten: string[] = [];
  private lastTime = 0;
  private lastPlace = "";

  /** @throws InvalidArgumentError for a number that is not positive, or when no option says when to save */
  constructor(private readonly options: CheckpointCallbackOptions) {
    if (new.target === CheckpointCallback) checkOptions("CheckpointCallback", options, names);
    const { savePath, saveFreq, everyMinutes, keepLast, keepBest, saveAtEnd = true } = options;
    this.store = checkpointStore(savePath);
    if (saveFreq !== undefined) this.trigger = new StepTrigger(saveFreq, "saveFreq");
    if (everyMinutes !== undefined && !(everyMinutes > 0)) {
      throw new InvalidArgumentError("everyMinutes", `expected a positive number, received ${everyMinutes}`);
    }
    for (const [name, value] of Object.entries({ keepLast, keepBest })) {
      if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
        throw new InvalidArgumentError(name, `expected an integer from 0 on, received ${value}`);
      }
    }
    if (keepLast === 0) throw new InvalidArgumentError("keepLast", "expected at least 1, received 0");
    if (saveFreq === undefined && everyMinutes === undefined && !saveAtEnd) {
      throw new InvalidArgumentError("saveFreq", "expected saveFreq, everyMinutes or saveAtEnd: true");
    }
  }

  /** Starts the interval, and removes what a killed process left to be removed. */
  async onTrainingStart({ globalStep, elapsedSeconds }: TrainerProgress): Promise<void> {
    this.trigger?.start(globalStep);
    this.lastTime = elapsedSeconds;
    await this.forget();
  }

  /** Saves when a checkpoint is due. */
  async onStep(progress: TrainerProgress): Promise<void> {
    const { everyMinutes = Number.POSITIVE_INFINITY } = this.options;
    const byStep = this.trigger?.due(progress.globalStep) ?? false;
    const byTime = (progress.elapsedSeconds - this.lastTime) / 60 >= everyMinutes;
    if (byStep || byTime) await this.save(progress);
  }

  /** Saves the run as it ended; after an error the last checkpoint remains the newest. */
  async onTrainingEnd(progress: TrainerProgress, failure?: unknown): Promise<void> {
    const { saveAtEnd = true } = this.options;
    if (saveAtEnd && failure === undefined && this.lastPlace !== placeOf(progress)) await this.save(progress);
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return {
      saved: this.saved.map((each) => ({ ...each })),
      forgotten: [...this.forgotten],
      trigger: this.trigger?.getState() ?? null,
    };
  }

  /** @inheritDoc */
  setState({ saved, forgotten, trigger }: StateRecord): void {
    this.forgotten = [...((forgotten as string[] | undefined) ?? [])]; // earlier versions stored none
    this.saved = (saved as Saved[]).map((each) => ({ ...each }));
    if (trigger) this.trigger?.setState(trigger as StateRecord);
  }

  private async save(progress: TrainerProgress): Promise<void> {
    const { trainer, globalStep, elapsedSeconds, meanReturn } = progress;
    const { namePrefix = "step" } = this.options;
    const name = `${namePrefix}-${String(globalStep).padStart(12, "0")}`;
    this.lastTime = elapsedSeconds;
    const before = { saved: this.saved, forgotten: this.forgotten };
    this.saved = [...this.saved.filter((each) => each.name !== name), { name, meanReturn }];
    const surplus = this.surplus();
    this.saved = this.saved.filter((each) => !surplus.includes(each));
    this.forgotten = [...this.forgotten, ...surplus.map((each) => each.name)].filter((each) => each !== name);
    try {
      await trainer.save({ store: this.store, name });
    } catch (error) {
      Object.assign(this, before);
      throw error;
    }
    this.lastPlace = placeOf(progress);
    await this.forget(); // only when the new one is safely on the disk
  }

  private async forget(): Promise<void> {
    for (const name of [...this.forgotten]) {
      await this.store.remove(name);
      this.forgotten = this.forgotten.filter((each) => each !== name);
    }
  }

  private surplus(): Saved[] {
    const { keepLast = Number.POSITIVE_INFINITY, keepBest = 0 } = this.options;
    const rank = ({ meanReturn }: Saved) =>
      Number.isNaN(meanReturn) ? Number.NEGATIVE_INFINITY : meanReturn;
    const best = [...this.saved].sort((a, b) => rank(b) - rank(a)).slice(0, keepBest);
    const newest = this.saved.slice(Math.max(0, this.saved.length - keepLast));
    return this.saved.filter((each) => !newest.includes(each) && !best.includes(each));
  }
}

// Before and after an update, the same step count names two different positions.
function placeOf({ globalStep, iterations }: TrainerProgress): string {
  return `${globalStep}/${iterations}`;
}
