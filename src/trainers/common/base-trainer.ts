/** What all trainers share: one training at a time, checkpoints, weights by name, the end. */

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

/** What a trainer needs of any network. */
export interface TrainedModel {
  /** All weights by their name. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * A trainer without its algorithm. A subclass names its kind and its parts, and says what one iteration is; it writes
 * down what else its state holds.
 */
export abstract class BaseTrainer<Options extends LearnOptions = LearnOptions> implements Trainer {
  /** The network that is trained; it is freed with the trainer. */
  abstract readonly model: TrainedModel;
  /** The environments that are trained on, where there are some. */
  readonly env?: VectorEnv;
  /** Returns and lengths of the last 100 whole episodes. */
  readonly episodes = new EpisodeWindow();
  /**
   * Kind of the trainer's checkpoints.
   *
   * @internal
   */
  protected abstract readonly kind: string;
  /**
   * Changes the weights; it is freed with the trainer.
   *
   * @internal
   */
  protected abstract readonly optimizer: FlatOptimizer;
  /**
   * State of a training that was interrupted, for the next `learn` to go on with.
   *
   * @internal
   */
  protected interrupted?: StateRecord;
  /**
   * Fetches what was left in the checkpoint that the trainer was loaded from: playing does not need it.
   *
   * @internal
   */
  protected fetchRest?: () => Promise<void>;
  /**
   * Settles when the checkpoints that were begun are written.
   *
   * @internal
   */
  protected saving?: Promise<unknown>;
  private fetching?: Promise<void>;
  private run?: TrainingRun;
  // Settles when no update is under way: others have turns of the event loop within one.
  private updating?: Promise<unknown>;
  private closed = false;

  /** Environment steps so far, over all `learn` calls. */
  abstract get numTimesteps(): number;

  /** Minibatches so far, where they are the steps of the training. */
  get numBatches(): number | undefined {
    return undefined;
  }

  /** Updates so far. */
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
   * All weights that checkpoints hold, by their names in the state.
   *
   * @internal
   */
  protected abstract weights(): Record<string, Variables>;

  /**
   * Parts that every state of this trainer holds, by their names in it.
   *
   * @internal
   */
  protected abstract parts(): Record<string, Stateful>;

  /**
   * Parts that depend on options: null in the state where there is none.
   *
   * @internal
   */
  protected optionalParts(): Record<string, Stateful | undefined> {
    return {};
  }

  /**
   * What else the state holds.
   *
   * @internal
   */
  protected abstract ownState(): StateRecord;

  /**
   * Checks and puts back what {@link BaseTrainer.ownState} gave, after weights and parts.
   *
   * @internal
   */
  protected abstract restoreOwnState(state: StateRecord, own: StateRecord): void;

  /**
   * What makes the trainer again, for the checkpoint's `config`.
   *
   * @internal
   */
  protected abstract describe(): StateRecord;

  /**
   * Counts that can be read in a checkpoint's manifest.
   *
   * @internal
   */
  protected abstract counts(): StateRecord;

  /**
   * Frees what the trainer has beside its model and its optimiser.
   *
   * @internal
   */
  protected abstract release(): Promise<void>;

  /**
   * The options that all trainers know. @throws InvalidArgumentError when others are wrong
   *
   * @internal
   */
  protected learnOptions(options: Options): LearnOptions {
    return options;
  }

  /**
   * Begins the count of steps anew, and the environments with it (SB3's reset_num_timesteps).
   *
   * @internal
   */
  protected async resetTimesteps(): Promise<void> {}

  /**
   * Starts what has to run before the first step.
   *
   * @internal
   */
  protected async start(): Promise<void> {}

  /** Trains until a goal is reached; subclasses document it. */
  async learn(options: Options = {} as Options): Promise<this> {
    await oneAtATime(this, () => this.learnAlone(options));
    return this;
  }

  /**
   * Trains as `learn` does and yields every row of the log. Training waits while a row is looked at; leaving the loop
   * ends it after the present update.
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
   * Chooses actions for raw observations, as the environments give them: the best ones with `deterministic`, else drawn
   * from the policy as training would. Continuous actions are clipped to the bounds of the space.
   *
   * @throws ShapeError when observations or states have another size
   * @throws InvalidStateError when the trainer is closed
   */
  async predict(observations: TypedArray, options: PredictOptions = {}): Promise<Prediction> {
    this.mustBeOpen("predict");
    return this.choose(observations, options);
  }

  /**
   * Saves the whole run, between any two steps: weights, optimiser, counters, generators, statistics, log and
   * callbacks, what was played or read so far, and the environments where they can be saved. An update that is under
   * way is finished first.
   *
   * @param location a path (import `ncps-ts/node` first), or a store and a name
   * @returns where it was written
   * @throws CheckpointError when it cannot be written
   */
  async save(location: CheckpointLocation): Promise<string> {
    this.mustBeOpen("save");
    const { store, name } = locate(location);
    if (this.fetchRest) await this.complete();
    while (this.updating) await this.updating.catch(() => {}); // learn() tells of its failure
    const fetched = fetchWeights(this.optimizer, ...Object.values(this.weights()));
    if (fetched) await fetched;
    const counters = { ...this.counts(), episodes: this.episodes.count };
    const [config, state] = [this.describe(), this.getState()];
    const saving = writeCheckpoint(store, name, { kind: this.kind, config, counters, state });
    this.saving = Promise.allSettled([this.saving, saving]);
    return saving;
  }

  /**
   * Everything that decides what happens next. Large arrays may be views: use them before the next step.
   *
   * @throws InvalidStateError when a part was left in the checkpoint that the trainer was loaded from
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
   * Puts a state back. Environments that cannot be saved start new episodes.
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
    // A checkpoint of a run with other options may lack these.
    const optional = Object.entries(this.optionalParts()).filter(([name]) => state[name]);
    restoreParts(Object.fromEntries(optional), state, own);
    this.restoreOwnState(state, own);
    this.interrupted = (state.run as StateRecord | null) ?? undefined;
  }

  /**
   * The weights by name, copies: SB3's `get_parameters`, without the optimiser and without target networks.
   *
   * @throws InvalidStateError when the trainer is closed
   */
  async getParameters(): Promise<ModelParameters> {
    this.mustBeOpen("getParameters");
    return getParameters(this.model.variables);
  }

  /**
   * Sets the weights by name, of another trainer or of your own making; the optimiser stays as it is.
   *
   * @throws InvalidStateError when the trainer is closed, or an update is under way
   * @throws CheckpointError when a name is missing or too many · @throws ShapeError when a weight has another size
   */
  setParameters(parameters: ModelParameters): void {
    this.mustBeOpen("setParameters");
    if (this.updating) throw new InvalidStateError("setParameters() within an update: call it in a callback");
    setWeights(this.model.variables, parameters);
  }

  /** Frees environments, networks and optimiser, and ends other threads. Calling it twice is allowed. */
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
   * Awaits an update; what is saved meanwhile waits until it is whole.
   *
   * @internal
   */
  protected async undisturbed<T>(update: Promise<T>): Promise<T> {
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
