/** Base class of all trainers: one `learn()` at a time, checkpoints, weights by name, closing. */

import type * as tf from "@tensorflow/tfjs-core";
import type { FlatOptimizer } from "tfjs-training";
import { type CheckpointLocation, writeCheckpoint } from "../../checkpoints/index.js";
import { EpisodeWindow, withSuccesses } from "../../core/episode-window.js";
import { InvalidStateError } from "../../core/errors.js";
import type { Stateful, StateRecord, TypedArray } from "../../core/state.js";
import type { LogRow } from "../../logging/index.js";
import { getWeights, setWeights } from "../../models/weights.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { requireEnvironments } from "./absent-envs.js";
import { locate } from "./checkpoint-paths.js";
import type { Prediction, PredictOptions } from "./evaluate-policy.js";
import { fetchWeights } from "./fetch-weights.js";
import { getParameters, type ModelParameters } from "./model-parameters.js";
import { mustBeOpen } from "./must-be-open.js";
import { oneAtATime } from "./one-at-a-time.js";
import {
  checkFields,
  checkMoments,
  checkSavedRun,
  restorePart,
  restoreParts,
  restoreWeights,
} from "./state-parts.js";
import type { Trainer } from "./trainer.js";
import { trainingRows } from "./training-rows.js";
import { checkLearnOptions, type LearnOptions, type RowListener, TrainingRun } from "./training-run.js";

type Variables = ReadonlyMap<string, tf.Variable>;

/** What a trainer requires of any network. */
export interface TrainedModel {
  /** All weights by their name. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Base class of all trainers. A subclass names its kind and its parts, implements one iteration, and describes the
 * rest of its state.
 */
export abstract class BaseTrainer<Options extends LearnOptions = LearnOptions> implements Trainer {
  /** The network that is trained; it is freed with the trainer. */
  abstract readonly model: TrainedModel;
  /** The training environments, if there are any. */
  readonly env?: VectorEnv;
  /** Returns and lengths of the last 100 whole episodes. */
  readonly episodes = new EpisodeWindow();
  /**
   * Kind of trainer written to checkpoints.
   *
   * @internal
   */
  protected abstract readonly kind: string;
  /**
   * The optimizer; it is disposed with the trainer.
   *
   * @internal
   */
  protected abstract readonly optimizer: FlatOptimizer;
  /**
   * State of an interrupted training, which the next `learn` continues.
   *
   * @internal
   */
  protected interrupted?: StateRecord;
  /**
   * Reads the parts that were left in the checkpoint of a loaded trainer: `predict` does not need them.
   *
   * @internal
   */
  protected fetchRest?: () => Promise<void>;
  /**
   * Settles when all pending checkpoints are written.
   *
   * @internal
   */
  protected saving?: Promise<unknown>;
  private fetching?: Promise<void>;
  private run?: TrainingRun;
  // Settles when no update is running: an update yields to the event loop, so other code can run within one.
  private updating?: Promise<unknown>;
  private closed = false;

  /** Total number of environment steps over all `learn` calls. */
  abstract get numTimesteps(): number;

  /** Total number of minibatches, if they are the steps of the training. */
  get numBatches(): number | undefined {
    return undefined;
  }

  /** Total number of updates. */
  abstract get iterations(): number;

  /**
   * Trains until the goal is reached; called between `onTrainingStart` and `onTrainingEnd`.
   *
   * @internal
   */
  protected abstract iterate(run: TrainingRun, options: Options): Promise<void>;

  /**
   * Chooses actions for observations; see `predict`.
   *
   * @internal
   */
  protected abstract choose(observations: TypedArray, options: PredictOptions): Promise<Prediction>;

  /**
   * All weights that checkpoints contain, by their names in the state.
   *
   * @internal
   */
  protected abstract weights(): Record<string, Variables>;

  /**
   * Stateful parts that every state of this trainer contains, by their names in the state.
   *
   * @internal
   */
  protected abstract parts(): Record<string, Stateful>;

  /**
   * Stateful parts that depend on options; null in the state when absent.
   *
   * @internal
   */
  protected optionalParts(): Record<string, Stateful | undefined> {
    return {};
  }

  /**
   * The rest of the trainer's state.
   *
   * @internal
   */
  protected abstract ownState(): StateRecord;

  /**
   * Checks and restores the result of {@link BaseTrainer.ownState}, after weights and parts.
   *
   * @internal
   */
  protected abstract restoreOwnState(state: StateRecord, own: StateRecord): void;

  /**
   * The options needed to recreate the trainer, for the checkpoint's `config`.
   *
   * @internal
   */
  protected abstract describe(): StateRecord;

  /**
   * Counters that can be read from a checkpoint's manifest.
   *
   * @internal
   */
  protected abstract counts(): StateRecord;

  /**
   * Frees what the trainer owns in addition to its model and optimizer.
   *
   * @internal
   */
  protected abstract release(): Promise<void>;

  /**
   * The `learn` options common to all trainers. @throws InvalidArgumentError when the trainer's other options are wrong
   *
   * @internal
   */
  protected learnOptions(options: Options): LearnOptions {
    return options;
  }

  /**
   * Resets the step counter and the environments (SB3's reset_num_timesteps).
   *
   * @internal
   */
  protected async resetTimesteps(): Promise<void> {}

  /**
   * Prepares everything needed before the first step.
   *
   * @internal
   */
  protected async start(): Promise<void> {}

  /** Trains until a goal is reached. Subclasses document the details. */
  async learn(options: Options = {} as Options): Promise<this> {
    await oneAtATime(this, () => this.learnAlone(options));
    return this;
  }

  /**
   * Trains as `learn` does and yields every row of the log. Training waits while a row is processed; leaving the loop
   * ends the training after the current update.
   *
   * @example
   * ```ts
   * for await (const row of trainer.rows({ totalTimesteps: 100_000 })) {
   *   if (row["rollout/ep_rew_mean"] >= 475) break;
   * }
   * ```
   */
  rows(options: Options = {} as Options): AsyncGenerator<LogRow, void, void> {
    return trainingRows((onRow) => oneAtATime(this, () => this.learnAlone(options, onRow)));
  }

  // Of two calls at the same time, the second one waits for the first one's reading.
  private async complete(): Promise<void> {
    const { fetchRest } = this;
    if (!fetchRest) return;
    this.fetching ??= fetchRest();
    try {
      await this.fetching;
      if (this.fetchRest === fetchRest) this.fetchRest = undefined;
    } finally {
      this.fetching = undefined;
    }
  }

  private async learnAlone(given: Options, onRow?: RowListener): Promise<void> {
    this.mustBeOpen("learn");
    if (this.env) requireEnvironments(this.env);
    const options = this.learnOptions(given);
    checkLearnOptions(options);
    if (this.fetchRest) await this.complete();
    if (options.resetNumTimesteps) {
      this.episodes.clear();
      this.interrupted = undefined;
      await this.resetTimesteps();
    }
    const run = new TrainingRun(this, options, this.interrupted, onRow);
    this.interrupted = undefined;
    this.run = run;
    await this.start();
    await run.runWithHooks(() => this.iterate(run, given));
  }

  /**
   * Chooses actions for raw observations, as the environments return them: the most probable ones with `deterministic`,
   * otherwise sampled from the policy as in training. Continuous actions are clipped to the bounds of the space.
   *
   * @throws ShapeError when observations or states have the wrong size
   * @throws InvalidStateError when the trainer is closed
   */
  async predict(observations: TypedArray, options: PredictOptions = {}): Promise<Prediction> {
    this.mustBeOpen("predict");
    return this.choose(observations, options);
  }

  /**
   * Saves the whole run; can be called between any two steps. A checkpoint contains weights, optimizer, counters,
   * generators, statistics, log and callbacks, the experience collected so far, and the environments where they can be
   * saved. A running update is finished first.
   *
   * @param location a path (import `ncps-ts/node` first), or a store and a name
   * @returns where the checkpoint was written
   * @throws CheckpointError when the checkpoint cannot be written
   */
  async save(location: CheckpointLocation): Promise<string> {
    this.mustBeOpen("save");
    const { store, name } = locate(location);
    if (this.fetchRest) await this.complete();
    while (this.updating) await this.updating.catch(() => {}); // learn() reports its failure
    const fetched = fetchWeights(this.optimizer, ...Object.values(this.weights()));
    if (fetched) await fetched;
    const counters = { ...this.counts(), episodes: this.episodes.count };
    const [config, state] = [this.describe(), this.getState()];
    const saving = writeCheckpoint(store, name, { kind: this.kind, config, counters, state });
    this.saving = Promise.allSettled([this.saving, saving]);
    return saving;
  }

  /**
   * The complete training state. Large arrays may be views: use them before the next step.
   *
   * @throws InvalidStateError when a part of the state is still in the checkpoint that the trainer was loaded from
   */
  getState(): StateRecord {
    if (this.fetchRest) {
      throw new InvalidStateError(
        "getState() of a trainer that was loaded to play: its replay memory is still in the checkpoint. learn() and save() fetch it, resume() reads it at once",
      );
    }
    const state = this.ownState();
    for (const [name, variables] of Object.entries(this.weights())) state[name] = getWeights(variables);
    for (const [name, part] of Object.entries(this.allParts())) state[name] = part?.getState() ?? null;
    state.optimizer = this.optimizer.getState();
    state.run = this.interrupted ?? this.run?.getState() ?? null;
    return state;
  }

  /**
   * Restores a state. Environments that cannot be saved start new episodes.
   *
   * @throws CheckpointError naming the field that does not fit
   */
  setState(state: StateRecord): void {
    this.fetchRest = undefined;
    const own = this.getState();
    checkFields("", state, own, false);
    checkSavedRun(state.run);
    for (const [name, variables] of Object.entries(this.weights()))
      restoreWeights(name, variables, state[name]);
    checkMoments(state.optimizer, this.model.variables);
    restorePart("optimizer", () => this.optimizer.setState(state.optimizer as StateRecord));
    const known = { ...state, episodes: withSuccesses(state.episodes) };
    restoreParts(this.parts(), known, { ...own, episodes: withSuccesses(own.episodes) });
    // A checkpoint of a run with other options may lack these parts.
    const optional = Object.entries(this.optionalParts()).filter(([name]) => state[name]);
    restoreParts(Object.fromEntries(optional), state, own);
    this.restoreOwnState(state, own);
    this.interrupted = (state.run as StateRecord | null) ?? undefined;
  }

  /**
   * Copies of the weights by name: SB3's `get_parameters`, without the optimizer and target networks.
   *
   * @throws InvalidStateError when the trainer is closed
   */
  async getParameters(): Promise<ModelParameters> {
    this.mustBeOpen("getParameters");
    return getParameters(this.model.variables);
  }

  /**
   * Sets the weights by name, e.g. those of another trainer; the optimizer is left unchanged.
   *
   * @throws InvalidStateError when the trainer is closed, or an update is running
   * @throws CheckpointError when a name is missing or unknown · @throws ShapeError when a weight has the wrong size
   */
  setParameters(parameters: ModelParameters): void {
    this.mustBeOpen("setParameters");
    if (this.updating) throw new InvalidStateError("setParameters() within an update: call it in a callback");
    setWeights(this.model.variables, parameters);
  }

  /** Frees environments, networks and optimizer, and stops worker threads. Calling it twice is allowed. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      await this.release();
    } finally {
      this.model.dispose();
      this.optimizer.dispose();
    }
  }

  /** Closes the trainer at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Makes sure that the trainer is not closed. @throws InvalidStateError when it is
   *
   * @internal
   */
  protected mustBeOpen(method: string): void {
    mustBeOpen(this.closed, method);
  }

  /**
   * Awaits an update; `save()` waits until it is finished.
   *
   * @internal
   */
  protected async trackUpdate<T>(update: Promise<T>): Promise<T> {
    this.updating = update;
    try {
      return await update;
    } finally {
      this.updating = undefined;
    }
  }

  private allParts(): Record<string, Stateful | undefined> {
    return { ...this.parts(), ...this.optionalParts(), episodes: this.episodes };
  }
}
