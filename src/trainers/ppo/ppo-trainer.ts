/** Proximal policy optimization. */

import { Adam, requireBackend } from "tfjs-training";
import type { CheckpointLocation } from "../../checkpoints/index.js";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import type { StateRecord, TypedArray } from "../../core/state.js";
import type { Action } from "../../envs/env.js";
import type { LogRow } from "../../logging/index.js";
import {
  type ActionDistribution,
  AdaptiveKLCoefficient,
  actionDistribution,
  GAE,
} from "../../losses/index.js";
import { RolloutBuffer, type RolloutBufferOptions } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { ObservationNormalizer } from "../../wrappers/index.js";
import type { PlayedStep } from "../callbacks/callback.js";
import { BaseTrainer } from "../common/base-trainer.js";
import { locate, locateNewest } from "../common/checkpoint-paths.js";
import { environmentsOf, releaseEnvironments, startSeed } from "../common/environments.js";
import type { Prediction, PredictOptions } from "../common/evaluate-policy.js";
import { givenModel } from "../common/given-model.js";
import { predictionInput } from "../common/prediction-input.js";
import { type Restoring, restoreTrainer } from "../common/restore-trainer.js";
import { ppoForms } from "../common/saved-hyperparameters.js";
import { describeRun, describeSetup } from "../common/saved-run.js";
import { checkCounts, checkFields, restorePart } from "../common/state-parts.js";
import type { LearnOptions, TrainingRun } from "../common/training-run.js";
import { defaultModel } from "./default-model.js";
import { describeModel } from "./learners/describe-model.js";
import type { LearnerGroup } from "./learners/learner-group.js";
import { makeLearners, requireLearners } from "./learners/make-learners.js";
import { shareRollout } from "./learners/shared-rollout.js";
import type { PPOUpdateCoefficients } from "./minibatch-inputs.js";
import { ModelRunner } from "./model-runner.js";
import { upgradeCounters } from "./old-options.js";
import { checkRollout, checkRolloutSizes, withoutRollout } from "./ppo-checkpoint.js";
import { ppoLogRow } from "./ppo-log-row.js";
import {
  type PPOHyperparameters,
  type PPOOptions,
  type PPOSchedules,
  ppoDefaults,
  resolvePPOOptions,
  valueClipOf,
} from "./ppo-options.js";
import { PPOUpdate } from "./ppo-update.js";
import { RewardScaler } from "./reward-scaler.js";
import { RolloutCollector } from "./rollout-collector.js";

/**
 * Proximal policy optimization (Schulman et al. 2017) for feed-forward and recurrent policies over
 * discrete, multi-discrete and continuous actions.
 *
 * The trainer owns its model, optimizer and environments: {@link PPOTrainer.close} frees them all.
 * Recurrent networks are trained on whole sequences from the states in which they acted, with the
 * states reset wherever an episode started.
 *
 * @example
 * ```ts
 * import { PPOTrainer, cartPolePPO, useBackend } from "ncps-ts";
 *
 * await useBackend();
 * const trainer = new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * const { action } = await trainer.predict(Float32Array.of(0, 0, 0.05, 0), { deterministic: true });
 * await trainer.close();
 * ```
 */
export class PPOTrainer extends BaseTrainer {
  /** All hyper-parameters, with defaults filled in. */
  readonly hyperparameters: PPOHyperparameters;
  /** The training environments. */
  override readonly env: VectorEnv;
  /** The actor-critic network. */
  readonly model: ActorCritic;
  /** Statistics of the observations, with `normalizeObservation`. */
  readonly observationNormalizer?: ObservationNormalizer;
  /** @internal */
  protected readonly kind = "ppo";
  /** @internal */
  protected readonly optimizer: Adam;
  private readonly distribution: ActionDistribution;
  private readonly schedules: PPOSchedules;
  private readonly klPenalty?: AdaptiveKLCoefficient;
  private readonly rewardScaler?: RewardScaler;
  private readonly collector: RolloutCollector;
  private readonly runner: ModelRunner;
  private readonly update: PPOUpdate;
  private readonly buffer: RolloutBuffer;
  private readonly learners?: LearnerGroup;
  private readonly random: Random;
  // A separate generator for predict(), which must not change the random numbers of training.
  private readonly playRandom: Random;
  private readonly envSeed: number;
  private readonly setup: StateRecord;
  private timesteps = 0;
  private updates = 0;
  private epochs = 0;
  private started = false;
  private rolloutProgress = 0;
  /**
   * @throws BackendError when no backend is active, or not wasm with `learners` above 1
   * @throws InvalidArgumentError for an unknown option, a value out of range, or an action space
   *   of integers that is a `Box`; for a model that other learners cannot create
   */
  constructor(options: PPOOptions) {
    super();
    const { hyperparameters, schedules } = resolvePPOOptions(options);
    this.hyperparameters = hyperparameters;
    this.schedules = schedules;
    this.setup = describeSetup(options);
    requireBackend();
    if (hyperparameters.learners > 1) requireLearners(hyperparameters.learners);
    const random = new Random(options.seed);
    const [modelSeed, envSeed] = [random.integer(2 ** 31), random.integer(2 ** 31)];
    this.random = random;
    this.playRandom = random.split();
    this.envSeed = envSeed;
    const {
      gamma,
      gaeLambda: lambda,
      clipRewards,
      bootstrapTruncated,
      klPenalty,
      adam,
      numSteps,
    } = hyperparameters;
    // Before environments and network: an invalid value leaves none of them behind.
    this.optimizer = new Adam(adam);
    const gae = new GAE({ gamma, lambda });
    if (klPenalty) this.klPenalty = new AdaptiveKLCoefficient(klPenalty);
    this.env = environmentsOf(options, hyperparameters.numEnvs);
    const { env, optimizer, episodes } = this;
    let made: ActorCritic | undefined;
    try {
      checkSlices(hyperparameters, env);
      const distribution = actionDistribution(env.actionSpace);
      this.distribution = distribution;
      if (hyperparameters.normalizeObservation) this.observationNormalizer = makeNormalizer(env);
      const model = makeModel(options, env, modelSeed, distribution);
      this.model = model;
      if (model !== options.model) made = model;
      if (hyperparameters.normalizeReward) {
        this.rewardScaler = new RewardScaler({ numEnvs: env.numEnvs, gamma });
      }
      const { rewardScaler, observationNormalizer } = this;
      const rolloutOptions: RolloutBufferOptions = {
        numEnvs: env.numEnvs,
        numSteps: numSteps,
        observationShape: env.observationSpace.shape,
        observationDtype: observationNormalizer ? "float32" : env.observationSpace.dtype,
        actionSize: distribution.actionSize,
        distributionSize: model.distributionSize,
        stateSize: model.stateSize,
      };
      const rollout = hyperparameters.learners > 1 ? shareRollout(rolloutOptions) : undefined;
      this.buffer = rollout?.buffer ?? new RolloutBuffer(rolloutOptions);
      this.runner = new ModelRunner(model);
      this.collector = new RolloutCollector({
        env,
        model,
        runner: this.runner,
        buffer: this.buffer,
        gae,
        random,
        episodes,
        clipRewards,
        rewardScaler,
        observationNormalizer,
        bootstrapTruncated,
      });
      if (rollout) {
        const { observationSpace, actionSpace } = env;
        const { learnerModel, learnerTimeout: timeout } = options;
        const parts = { model, distribution, optimizer, hyperparameters, rollout };
        this.learners = makeLearners({ ...parts, observationSpace, actionSpace, learnerModel, timeout });
      }
      const { learners } = this;
      this.update = new PPOUpdate({ model, distribution, optimizer, random, hyperparameters, learners });
    } catch (error) {
      made?.dispose();
      releaseEnvironments(options, env);
      throw error;
    }
  }

  /** Total number of environment steps over all `learn` calls. */
  get numTimesteps(): number {
    return this.timesteps;
  }

  /** Total number of updates. */
  get iterations(): number {
    return this.updates;
  }

  /**
   * Trains until the given number of steps or hours is reached, or a callback or a signal ends it. After
   * {@link PPOTrainer.resume} the call finishes the interrupted training, unless another goal is given.
   *
   * A second call continues with network, environments, statistics and the count of steps. Schedules are functions of
   * the training's progress, so they start again with the new goal, as in SB3 by default.
   *
   * The trainer yields to the event loop between minibatches and steps, so pages, servers and signals keep working.
   *
   * @returns the trainer
   * @throws InvalidArgumentError when neither `totalTimesteps` nor `hours` is given, or an option is unknown
   * @throws InvalidStateError when the trainer is learning already, or is closed
   * @throws NonFiniteError when a loss or gradient is not finite
   * @throws LearnerFailedError when another learner fails, ends or hangs
   */
  override learn(options: LearnOptions = {}): Promise<this> {
    return super.learn(options);
  }

  /** @internal */
  protected override async start(): Promise<void> {
    this.learners?.start();
    if (!this.started) await this.collector.reset(startSeed(this.envSeed, this.timesteps));
    this.started = true;
  }

  /** @internal */
  protected async iterate(run: TrainingRun): Promise<void> {
    const { collector, buffer } = this;
    const afterStep = (played: PlayedStep) => {
      this.timesteps += buffer.numEnvs;
      return run.step(played);
    };
    while (run.running || (buffer.position > 0 && !run.interrupted)) {
      if (buffer.position === 0) {
        this.rolloutProgress = run.progress().progress;
        await run.rolloutStart();
      }
      if (!(await collector.collect(afterStep))) break;
      await run.rolloutEnd();
      const row = await this.trackUpdate(this.train(this.coefficients(this.rolloutProgress)));
      await run.updateEnd(row);
    }
  }

  /** @internal */
  // With `normalizeObservation`, raw observations are normalised here; continuous actions are clipped to the bounds of
  // the space.
  protected async choose(observations: TypedArray, options: PredictOptions): Promise<Prediction> {
    const { deterministic = false } = options;
    const { model } = this;
    const { batch, states } = predictionInput(model, observations, options);
    const normalized = this.observationNormalizer?.normalize(observations) ?? observations;
    const { distribution, states: next } = await this.runner.run(batch, normalized, states);
    const drawn = this.distribution.sample(distribution, { random: this.playRandom, deterministic });
    const actions = this.distribution.forEnv(drawn.actions);
    const { actionShape, actionSize } = this.distribution;
    const action: Action = actionShape.length === 0 ? actions[0] : actions.slice(0, actionSize);
    return { actions, action, state: model.stateSize > 0 ? next : null };
  }

  /**
   * Creates a trainer from a checkpoint, to continue with a new goal. Hyper-parameters are those of the checkpoint
   * unless given; weights and the rest of the training state always come from the checkpoint.
   *
   * If its environments are unavailable (an id that is not registered, no Python, a wrapper that was not given), the
   * trainer can `predict` nevertheless, and `learn` throws an InvalidStateError that says why. If the number or the
   * kind of environments differs (`numEnvs`, `env`), they start new episodes.
   *
   * @param location where `save` wrote the checkpoint
   * @param options what the checkpoint cannot contain: environments and models that were objects or functions;
   *   and hyper-parameters to change
   * @throws CheckpointError when the checkpoint is damaged, of another kind or architecture, or for other spaces than
   *   those of the given environments
   * @throws InvalidArgumentError when an option is missing that the checkpoint cannot contain
   */
  static async load(location: CheckpointLocation, options: Partial<PPOOptions> = {}): Promise<PPOTrainer> {
    const trainer = await restoreTrainer(locate(location), restoring, options, { playOnly: true });
    trainer.interrupted = undefined;
    return trainer;
  }

  /**
   * Resumes an interrupted training: {@link PPOTrainer.learn} then reaches its goal, bit for bit as
   * if it had never been interrupted, if the environments can be saved. Pass the same callbacks and logger to `learn`.
   *
   * @param location a checkpoint; or a folder of checkpoints or a run's folder, whose newest checkpoint is used
   * @param options as for {@link PPOTrainer.load}
   * @throws CheckpointError when there is no checkpoint, or it is damaged, of another kind, or of another architecture
   * @throws InvalidArgumentError when an option is missing that the checkpoint cannot contain
   *
   * @example
   * ```ts
   * import { PPOTrainer } from "ncps-ts";
   * import "ncps-ts/node";
   *
   * const trainer = await PPOTrainer.resume("runs/breakout");
   * await trainer.learn();
   * ```
   */
  static async resume(location: CheckpointLocation, options: Partial<PPOOptions> = {}): Promise<PPOTrainer> {
    return restoreTrainer(await locateNewest(location), restoring, options);
  }

  /** @internal */
  protected weights() {
    return { model: this.model.variables };
  }

  /** @internal */
  protected parts() {
    const { random, playRandom, episodes } = this;
    return { random, playRandom, episodes };
  }

  /** @internal */
  protected override optionalParts() {
    const { klPenalty, rewardScaler, observationNormalizer } = this;
    return { klPenalty, rewardScaler, observationNormalizer };
  }

  /** @internal */
  protected ownState(): StateRecord {
    const { timesteps, updates, epochs, started, rolloutProgress, collector, buffer, env } = this;
    return {
      counters: { timesteps, updates, epochs, started, rolloutProgress },
      collector: collector.getState(),
      rollout: buffer.position > 0 ? buffer.getState() : null,
      env: (started && env.getState?.()) || null,
    };
  }

  /** @internal */
  // If environments cannot be restored, an unfinished rollout is dropped with them.
  protected restoreOwnState(state: StateRecord, own: StateRecord): void {
    const counted = upgradeCounters(state.counters, this.hyperparameters);
    checkFields("counters", counted, own.counters as StateRecord);
    checkCounts("counters", counted, ["timesteps", "updates"]);
    const { timesteps, updates, epochs, started, rolloutProgress } = counted as unknown as Counters;
    Object.assign(this, { timesteps, updates, epochs, rolloutProgress });
    this.learners?.optimizerChanged();
    this.started = started && Boolean(state.env && this.env.setState);
    if (!this.started) return;
    checkRollout(state, this.buffer, this.env.actionSpace);
    restorePart("env", () => this.env.setState?.(state.env as StateRecord));
    restorePart("collector", () => this.collector.setState(state.collector as StateRecord));
    this.buffer.reset();
    // Early versions stored the position with the rollout only.
    const { step: position } = state.collector as StateRecord;
    const rollout = state.rollout as StateRecord | null;
    if (rollout) restorePart("rollout", () => this.buffer.setState({ ...rollout, position }));
  }

  /** @internal */
  protected describe(): StateRecord {
    return describeRun(this.setup, this.hyperparameters, this.model, this.env);
  }

  /** @internal */
  protected counts(): StateRecord {
    return { timesteps: this.timesteps, updates: this.updates };
  }

  /** @inheritDoc */
  neuronActivity(env: number): Float32Array {
    return this.collector.stateOf(env);
  }

  /** @internal */
  protected async release(): Promise<void> {
    this.update.dispose();
    this.runner.dispose();
    await this.learners?.close();
    await this.env.close();
  }

  /** @internal */
  protected override async resetTimesteps(): Promise<void> {
    this.timesteps = 0;
    if (this.started) await this.collector.reset();
  }

  private coefficients(progress: number): PPOUpdateCoefficients {
    const { learningRate, clipRange, clipRangeVf, entCoef } = this.schedules;
    return {
      learningRate: learningRate.value(progress),
      clipRange: clipRange.value(progress),
      clipRangeVf: clipRangeVf.value(progress),
      entCoef: entCoef.value(progress),
      klCoef: this.klPenalty?.value ?? 0,
    };
  }

  private async train(coefficients: PPOUpdateCoefficients): Promise<LogRow> {
    const { buffer } = this;
    const statistics = await this.update.run(buffer, coefficients);
    buffer.reset();
    this.updates++;
    this.epochs += statistics.epochs;
    this.klPenalty?.update(statistics.kl);
    const { epochs, episodes, distribution, hyperparameters } = this;
    const deviation = distribution.meanDeviation?.(await this.collector.presentDistributions());
    const klPenalty = this.klPenalty !== undefined;
    const clipsValues = valueClipOf(hyperparameters) !== "none";
    return ppoLogRow({
      statistics,
      coefficients,
      buffer,
      epochs,
      episodes,
      deviation,
      clipsValues,
      klPenalty,
    });
  }
}

type Counters = {
  timesteps: number;
  updates: number;
  epochs: number;
  started: boolean;
  rolloutProgress: number;
};

const restoring: Restoring<PPOOptions, PPOTrainer> = {
  kind: "ppo",
  defaults: ppoDefaults,
  forms: ppoForms,
  make: (options) => new PPOTrainer(options),
  numEnvsFields: "collector.episodeStarts",
  numEnvs: (lengths) => lengths.get("collector.episodeStarts"),
  checkSizes: checkRolloutSizes,
  withoutEnvironments: withoutRollout,
};

function makeModel(
  options: PPOOptions,
  { observationSpace, actionSpace }: VectorEnv,
  seed: number,
  { parameterSize }: ActionDistribution,
): ActorCritic {
  const spaces = { observationSpace, actionSpace, seed };
  return givenModel(options.model ?? defaultModel, spaces, (model) => {
    // Before anything else is made of the model.
    if ((options.learners ?? 1) > 1) describeModel(model, options.learnerModel);
    if (model.distributionSize === parameterSize) return;
    const what = actionSpace.kind === "box" ? "means and log standard deviations" : "logits";
    throw new ShapeError("model", `[${parameterSize}] ${what}`, [model.distributionSize]);
  });
}

// RLlib's mode leaves out slices that are not full: a rollout shorter than one slice would never be used.
function checkSlices(
  { minibatchMode, batchSize, numSteps }: PPOHyperparameters,
  { numEnvs }: VectorEnv,
): void {
  if (minibatchMode !== "rllib" || batchSize <= numEnvs * numSteps) return;
  throw new InvalidArgumentError(
    "batchSize",
    `expected at most the ${numEnvs * numSteps} steps of a rollout in mode "rllib", received ${batchSize}`,
  );
}

function makeNormalizer({ observationSpace: { shape, dtype } }: VectorEnv): ObservationNormalizer {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new InvalidArgumentError(
      "normalizeObservation",
      `expected observations of float32 or float64, received ${dtype}; networks for frames divide them`,
    );
  }
  return new ObservationNormalizer({ shape, clip: 10 });
}
