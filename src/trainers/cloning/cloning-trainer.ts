/** Behaviour cloning: imitation of an expert by supervised learning. */

import { Adam, requireBackend } from "tfjs-training";
import { type CheckpointLocation, type CheckpointPlace, readCheckpoint } from "../../checkpoints/index.js";
import { CheckpointError, InvalidArgumentError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import type { Schedule } from "../../core/schedules.js";
import type { StateRecord, TypedArray } from "../../core/state.js";
import { EventLoopTurns } from "../../core/yield.js";
import type { CloningBatches } from "../../datasets/cloning-batches.js";
import type { LogRow } from "../../logging/index.js";
import type { ConvCfCOptions } from "../../models/conv-cfc.js";
import type { SequenceClassifier } from "../../models/sequence-classifier.js";
import { BaseTrainer } from "../common/base-trainer.js";
import { locate, locateNewest } from "../common/checkpoint-paths.js";
import type { Policy, Prediction, PredictOptions } from "../common/evaluate-policy.js";
import { disposeOnFailure } from "../common/given-model.js";
import { buildSaved, lengthsOf, ofCheckpoint, putState } from "../common/restore-trainer.js";
import { cloningForms } from "../common/saved-hyperparameters.js";
import { readRecord, readSavedOptions } from "../common/saved-options.js";
import { readModelConfig } from "../common/saved-run.js";
import { scheduleOption } from "../common/schedule-option.js";
import { checkCounts, checkFields, restorePart } from "../common/state-parts.js";
import {
  checkLearnOptions,
  checkLimits,
  type LearnOptions,
  type TrainingRun,
} from "../common/training-run.js";
import { classifierPolicy } from "./classifier-policy.js";
import {
  type CloningHyperparameters,
  type CloningOptions,
  type EpochReport,
  resolveCloningOptions,
} from "./cloning-options.js";
import { learnBatch, measureBatch } from "./cloning-step.js";

/** Options of {@link CloningTrainer.learn}. */
export interface CloningLearnOptions extends Omit<LearnOptions, "totalTimesteps" | "resetNumTimesteps"> {
  /** Ends the training after this many further epochs. */
  epochs?: number;
  /** Ends the training after this many further minibatches, instead of `epochs`. */
  totalBatches?: number;
  /** Called after every finished epoch, before the callbacks. */
  onEpochEnd?(report: EpochReport): void | Promise<void>;
}

type Sums = { loss: number; correct: number; count: number; batches: number };
const none: Sums = { loss: 0, correct: 0, count: 0, batches: 0 };

/** Result of {@link CloningTrainer.evaluate}. */
export interface CloningEvaluation {
  /** Mean cross-entropy over all steps, without padding. */
  loss: number;
  /** Share of steps whose most probable action is the expert's. */
  accuracy: number;
}

/**
 * Behaviour cloning (Pomerleau 1989) of recurrent policies, as in the ncps guide "Atari Behavior Cloning":
 * cross-entropy over all steps of sequences that start from a zero state, Adam, and after each epoch the accuracy on
 * validation games.
 *
 * The trainer owns its model and optimizer: {@link CloningTrainer.close} frees them. It is a `Policy`, for
 * `runClosedLoop` and `evaluatePolicy`.
 *
 * @example
 * ```ts
 * import { CloningTrainer, ConvCfC, make, wrapDeepmind } from "ncps-ts";
 * import { runClosedLoop } from "ncps-ts/trainers";
 * import { openCloningDataset } from "ncps-ts/node";
 *
 * const trainer = new CloningTrainer({
 *   dataset: await openCloningDataset("breakout"),
 *   valDataset: await openCloningDataset("breakout", { split: "val" }),
 *   model: new ConvCfC({ numActions: 4, seed: 0 }),
 *   seed: 0,
 * });
 * await trainer.learn({ epochs: 50 });
 * const env = wrapDeepmind(make("Arcade/Breakout-v0"));
 * const { returns } = await runClosedLoop(trainer, env);
 * ```
 */
export class CloningTrainer extends BaseTrainer<CloningLearnOptions> {
  /** All hyper-parameters, with defaults filled in. */
  readonly hyperparameters: CloningHyperparameters;
  /** The network. */
  readonly model: SequenceClassifier;
  /** Number of minibatches in an epoch. */
  readonly batchesPerEpoch: number;
  /** @internal */
  protected readonly kind = "cloning";
  /** @internal */
  protected readonly optimizer: Adam;
  private readonly batches: CloningBatches;
  private readonly valDataset: CloningOptions["valDataset"];
  private readonly learningRate: Schedule;
  private readonly playRandom: Random;
  private readonly policy: Policy;
  private sums: Sums = { ...none };
  private report?: EpochReport;
  private updates = 0;
  // Row of a completed minibatch that log and callbacks have not received yet.
  private pendingRow?: LogRow;

  /**
   * @throws BackendError when no backend is active
   * @throws InvalidArgumentError for a value out of range
   */
  constructor(options: CloningOptions) {
    super();
    requireBackend();
    this.hyperparameters = resolveCloningOptions(options);
    const { batchSize, shuffle, mirrorActions, adam, learningRate } = this.hyperparameters;
    this.learningRate = scheduleOption("learningRate", learningRate);
    const random = new Random(options.seed);
    this.model = options.model;
    this.batches = options.dataset.batches({
      batchSize,
      shuffle,
      mirrorActions,
      seed: random.integer(2 ** 31),
    });
    this.batchesPerEpoch = this.batches.batchesPerEpoch;
    this.valDataset = options.valDataset;
    this.optimizer = new Adam(adam);
    this.playRandom = random.split();
    this.policy = classifierPolicy(this.model, this.playRandom);
  }

  /** Total number of minibatches over all `learn` calls. */
  override get numBatches(): number {
    return this.updates;
  }

  /** Environment steps: none, 0. */
  get numTimesteps(): number {
    return 0;
  }

  /** The same as {@link CloningTrainer.numBatches}: every minibatch is one update. */
  get iterations(): number {
    return this.updates;
  }

  /** Number of finished epochs. */
  get epoch(): number {
    return this.batches.epoch;
  }

  /** Metrics of the last finished epoch. */
  get lastEpoch(): EpochReport | undefined {
    return this.report;
  }

  /**
   * Trains for a number of epochs, minibatches or hours, or until a callback or a signal ends it. A second call
   * continues where the first ended, also in the middle of an epoch; a learning-rate schedule starts again with it.
   * After {@link CloningTrainer.resume} the call finishes the interrupted training, unless another goal is given.
   *
   * Columns of the log: `train/loss`, `train/accuracy`, `train/grad_norm`, `train/learning_rate`, `train/epoch`,
   * `train/n_updates`, `time/batches`, `time/batches_per_second`, `time/time_elapsed`, and at the end of an epoch
   * `train/epoch_loss`, `train/epoch_accuracy`, `val/loss`,
   * `val/accuracy`.
   *
   * @returns the trainer
   * @throws InvalidArgumentError when there is no goal, or an option is unknown
   * @throws DatasetError when a file cannot be used
   * @throws InvalidStateError when the trainer is learning already, or is closed
   * @throws NonFiniteError when a loss or gradient is not finite
   */
  override learn(options: CloningLearnOptions = {}): Promise<this> {
    return super.learn(options);
  }

  /** @internal */
  protected override learnOptions(options: CloningLearnOptions): LearnOptions {
    const { epochs, totalBatches, onEpochEnd, ...others } = options;
    checkLearnOptions(others);
    const { totalTimesteps, resetNumTimesteps } = others as LearnOptions;
    if (totalTimesteps !== undefined) {
      throw new InvalidArgumentError(
        "totalTimesteps",
        "CloningTrainer uses no environments: count minibatches by totalBatches, or epochs",
      );
    }
    if (resetNumTimesteps) {
      throw new InvalidArgumentError(
        "resetNumTimesteps",
        "CloningTrainer counts minibatches, which determine its position in the data: make a new trainer",
      );
    }
    checkLimits({ epochs, totalBatches });
    if (epochs === undefined) return { ...others, totalTimesteps: totalBatches };
    if (totalBatches !== undefined) {
      throw new InvalidArgumentError("epochs", "cannot be combined with totalBatches: give one of them");
    }
    return { ...others, totalTimesteps: epochs * this.batchesPerEpoch };
  }

  /** @internal */
  protected async iterate(run: TrainingRun, { onEpochEnd }: CloningLearnOptions): Promise<void> {
    // First reports a minibatch whose row was pending when the run was saved or an error was thrown.
    while (this.pendingRow || run.running) {
      if (!this.pendingRow) {
        this.pendingRow = await this.trackUpdate(this.step(run.progress().progress));
        if ("train/epoch_loss" in this.pendingRow && this.report) await onEpochEnd?.(this.report);
      }
      const row = this.pendingRow;
      this.pendingRow = undefined;
      await run.updateEnd(row);
      await run.step();
    }
  }

  /**
   * Mean cross-entropy and accuracy on the validation split.
   *
   * @returns NaN for both when there is no validation split
   */
  async evaluate(): Promise<CloningEvaluation> {
    this.mustBeOpen("evaluate");
    const sums = { ...none };
    const turns = new EventLoopTurns();
    if (this.valDataset) {
      const { batchSize } = this.hyperparameters;
      const batches = this.valDataset.batches({ batchSize, shuffle: false, seed: 0 });
      for (let i = 0; i < batches.batchesPerEpoch; i++) {
        const { loss, correct, count } = await measureBatch(this.model, await batches.next());
        sums.loss += loss * count;
        sums.correct += correct;
        sums.count += count;
        await turns.give();
      }
    }
    return { loss: sums.loss / sums.count, accuracy: sums.correct / sums.count };
  }

  /** @internal */
  protected choose(observations: TypedArray, options: PredictOptions): Promise<Prediction> {
    return this.policy.predict(observations, options);
  }

  /**
   * Creates a trainer from a checkpoint, to continue with a new goal. The data may have grown in the meantime, as in
   * rounds of DAgger: if the number of sequences differs, an unfinished epoch is dropped and the next one begins.
   *
   * @param location where `save` wrote the checkpoint
   * @param options the data, which the checkpoint does not contain; a model that is not a `ConvCfC`; and
   *   hyper-parameters to change
   * @throws CheckpointError when the checkpoint is damaged, of another kind, or of another architecture
   * @throws InvalidArgumentError when the model has to be passed
   */
  static async load(
    location: CheckpointLocation,
    options: Omit<CloningOptions, "model"> & Partial<CloningOptions>,
  ): Promise<CloningTrainer> {
    const trainer = await restore(locate(location), options, true);
    trainer.interrupted = undefined;
    return trainer;
  }

  /**
   * Resumes an interrupted training: {@link CloningTrainer.learn} then reaches its goal, bit for bit as if it
   * had never been interrupted. Pass the same callbacks and logger to `learn`.
   *
   * @param location a checkpoint; or a folder of checkpoints or a run's folder, whose newest checkpoint is used
   * @param options as for {@link CloningTrainer.load}
   * @throws CheckpointError when there is no checkpoint, it is damaged, of another kind, or of another architecture, or
   *   the data have another size
   */
  static async resume(
    location: CheckpointLocation,
    options: Omit<CloningOptions, "model"> & Partial<CloningOptions>,
  ): Promise<CloningTrainer> {
    return restore(await locateNewest(location), options);
  }

  /** @internal */
  protected weights() {
    return { model: this.model.variables, statistics: this.model.statistics };
  }

  /** @internal */
  protected parts() {
    const { playRandom, episodes } = this;
    return { playRandom, episodes };
  }

  /** @internal */
  protected ownState(): StateRecord {
    return {
      updates: this.updates,
      batches: this.batches.getState(),
      sums: { ...this.sums },
      report: this.report ? { ...this.report } : null,
      untold: this.pendingRow ? { ...this.pendingRow } : null,
    };
  }

  /** @internal */
  protected restoreOwnState(state: StateRecord, own: StateRecord): void {
    const batches = readRecord("batches", state.batches);
    restorePart("batches", () => this.batches.setState(batches));
    checkFields("sums", state.sums, own.sums as StateRecord);
    checkCounts("", state, ["updates"]);
    const report = { epoch: 0, loss: 0, accuracy: 0, valLoss: 0, valAccuracy: 0 };
    if (state.report !== null) checkFields("report", state.report, report);
    const pendingRow = state.untold === null ? undefined : readRecord("untold", state.untold);
    const names = Object.keys(pendingRow ?? {});
    checkFields("untold", pendingRow ?? {}, Object.fromEntries(names.map((name) => [name, 0])));
    this.sums = { ...(state.sums as Sums) };
    this.report = state.report ? ({ ...(state.report as object) } as EpochReport) : undefined;
    this.pendingRow = pendingRow && { ...(pendingRow as LogRow) };
    this.updates = state.updates as number;
  }

  /** @internal */
  protected describe(): StateRecord {
    return { hyperparameters: this.hyperparameters, model: this.model.toJSON() } as unknown as StateRecord;
  }

  /** @internal */
  protected counts(): StateRecord {
    return { updates: this.updates, epochs: this.epoch };
  }

  /** @internal */
  protected async release(): Promise<void> {}

  private async step(progress: number): Promise<LogRow> {
    const { model, optimizer, hyperparameters, sums } = this;
    const learningRate = this.learningRate.value(progress);
    const { epoch } = this;
    const before = this.batches.getState();
    const batch = await this.batches.next();
    let step: Awaited<ReturnType<typeof learnBatch>>;
    try {
      step = await learnBatch(model, optimizer, batch, { ...hyperparameters, learningRate });
    } catch (error) {
      this.batches.setState(before); // a run saved now repeats this minibatch
      throw error;
    }
    const { loss, correct, count, gradNorm } = step;
    this.updates++;
    sums.loss += loss;
    sums.correct += correct;
    sums.count += count;
    sums.batches++;
    return {
      "train/loss": loss,
      "train/accuracy": correct / count,
      "train/grad_norm": gradNorm,
      "train/learning_rate": learningRate,
      "train/epoch": epoch,
      "train/n_updates": this.updates,
      ...(batch.last && (await this.endEpoch(epoch))),
    };
  }

  private async endEpoch(epoch: number): Promise<LogRow> {
    const { sums } = this;
    const { loss: valLoss, accuracy: valAccuracy } = await this.evaluate();
    const report = { epoch, loss: sums.loss / sums.batches, accuracy: sums.correct / sums.count };
    this.report = { ...report, valLoss, valAccuracy };
    this.sums = { ...none };
    return {
      "train/epoch_loss": report.loss,
      "train/epoch_accuracy": report.accuracy,
      ...(this.valDataset && { "val/loss": valLoss, "val/accuracy": valAccuracy }),
    };
  }
}

type RestoreCloningOptions = Omit<CloningOptions, "model"> & Partial<CloningOptions>;

async function restore(
  { store, name }: CheckpointPlace,
  options: RestoreCloningOptions,
  anyData = false,
): Promise<CloningTrainer> {
  const { config, state, counters } = await readCheckpoint(store, name, { kind: "cloning" });
  const trainer = await makeSaved(name, config, state, options);
  try {
    putState(trainer, name, withData(trainer, { config, state, counters }, options, anyData));
  } catch (error) {
    await trainer.close();
    throw error;
  }
  return trainer;
}

// Only known options with numbers and strings are read from the file.
async function makeSaved(
  name: string,
  config: StateRecord,
  state: StateRecord,
  options: RestoreCloningOptions,
): Promise<CloningTrainer> {
  try {
    const description = readModelConfig(config.model);
    const saved = readSavedOptions(config.hyperparameters, cloningForms, cloningForms, options);
    if (!options.model && description.className !== "ConvCfC") {
      throw new InvalidArgumentError(
        "model",
        `checkpoint "${name}" is of a ${description.className.slice(0, 100)}: give one again`,
      );
    }
    const { ConvCfC } = await import("../../models/conv-cfc.js");
    const modelOptions = description.config as unknown as ConvCfCOptions;
    return disposeOnFailure(() => {
      const model = options.model ?? buildSaved(lengthsOf(state), () => new ConvCfC(modelOptions));
      return new CloningTrainer({ ...saved, ...options, model });
    });
  } catch (error) {
    if (error instanceof CheckpointError) throw ofCheckpoint(name, error);
    // An error in an option that the caller passed, or has to pass, is thrown as it is.
    if (!(error instanceof InvalidArgumentError) || error.argument === "model") throw error;
    const given = (options as Record<string, unknown>)[error.argument.split(".")[0]];
    throw given === undefined ? ofCheckpoint(name, error) : error;
  }
}

// The state adapted to these data: with other batches the epoch starts again.
function withData(
  trainer: CloningTrainer,
  { config, state, counters }: { config: StateRecord; state: StateRecord; counters: StateRecord },
  { dataset: { size } }: RestoreCloningOptions,
  anyData: boolean,
): StateRecord {
  const batches = readRecord("batches", state.batches);
  const { batchSize } = trainer.hyperparameters;
  const otherData = anyData && typeof batches.size === "number" && batches.size !== size;
  // Early versions stored the batch size with the options only.
  const savedSize =
    batches.batchSize ?? readRecord("config.hyperparameters", config.hyperparameters).batchSize;
  const otherBatches = savedSize !== batchSize;
  if (!otherData && !otherBatches) return state;
  const position = Number(counters.epochs) * trainer.batchesPerEpoch;
  const begun = { ...batches, batchSize, position, ...(otherData && { size }) };
  return { ...state, sums: { ...none }, batches: begun };
}
