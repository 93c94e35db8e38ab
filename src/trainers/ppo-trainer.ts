/** Proximal policy optimisation. */

import { requireBackend } from "../backends/require-backend.js";
import { type Checkpoint, type CheckpointLocation, readCheckpoint, writeCheckpoint } from "../checkpoints/index.js";
import { EpisodeWindow } from "../core/episode-window.js";
import { CheckpointError, InvalidArgumentError, ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { type Stateful, type StateRecord, sizeOf, type TypedArray } from "../core/state.js";
import type { Action } from "../envs/env.js";
import { Logger, type LogRow } from "../logging/index.js";
import {
  type ActionDistribution,
  AdaptiveKLCoefficient,
  actionDistribution,
  explainedVariance,
  GAE,
} from "../losses/index.js";
import { RolloutBuffer } from "../memory/index.js";
import type { ActorCritic } from "../models/actor-critic.js";
import { getWeights, setWeights } from "../models/weights.js";
import { Adam } from "../optimizers/index.js";
import { makeVecEnv } from "../vector/make-vec-env.js";
import type { VectorEnv } from "../vector/vector-env.js";
import { ObservationNormalizer } from "../wrappers/index.js";
import type { TrainerCallback, TrainerProgress } from "./callback.js";
import { defaultModel } from "./default-model.js";
import type { Policy, Prediction, PredictOptions } from "./evaluate-policy.js";
import { host, locate } from "./host.js";
import {
  type PPOHyperparameters,
  type PPOOptions,
  type PPOSchedules,
  resolvePPOOptions,
} from "./ppo-options.js";
import { PPOUpdate, type PPOUpdateCoefficients, type PPOUpdateStatistics } from "./ppo-update.js";
import { RewardScaler } from "./reward-scaler.js";
import { RolloutCollector } from "./rollout-collector.js";
import { runModel } from "./run-model.js";

/** Options of {@link PPOTrainer.learn}. */
export interface LearnOptions {
  /** Ends after the update that reaches this many environment steps more. */
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

/**
 * Proximal policy optimisation (Schulman et al. 2017) for feed-forward and recurrent policies over
 * discrete, multi-discrete and continuous actions.
 *
 * The trainer owns its model, optimiser and environments: {@link PPOTrainer.close} frees them all.
 * Recurrent networks are trained on whole sequences from the states in which they acted, with the
 * states cleared wherever an episode started.
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
export class PPOTrainer implements Policy, Stateful {
  /** All hyper-parameters, defaults filled in. */
  readonly hyperparameters: PPOHyperparameters;
  /** The environments that are trained on. */
  readonly env: VectorEnv;
  /** The network. */
  readonly model: ActorCritic;
  /** Returns and lengths of the last 100 whole episodes. */
  readonly episodes = new EpisodeWindow();
  /** Statistics of the observations, with `normalizeObservation`. */
  readonly observationNormalizer?: ObservationNormalizer;
  private readonly distribution: ActionDistribution;
  private readonly schedules: PPOSchedules;
  private readonly optimizer: Adam;
  private readonly klPenalty?: AdaptiveKLCoefficient;
  private readonly rewardScaler?: RewardScaler;
  private readonly gae: GAE;
  private readonly collector: RolloutCollector;
  private readonly update: PPOUpdate;
  private readonly buffer: RolloutBuffer;
  private readonly random: Random;
  // Playing must not change what training draws next.
  private readonly playRandom: Random;
  private readonly envSeed: number;
  private timesteps = 0;
  private updates = 0;
  private started = false;

  /**
   * @throws BackendError when no backend is active
   * @throws InvalidArgumentError for an unknown option, a value out of range, or an action space
   * of whole numbers that is a `Box`
   */
  constructor(options: PPOOptions) {
    const { hyperparameters, schedules } = resolvePPOOptions(options);
    this.hyperparameters = hyperparameters;
    this.schedules = schedules;
    requireBackend();
    const random = new Random(options.seed);
    const [modelSeed, envSeed] = [random.integer(2 ** 31), random.integer(2 ** 31)];
    this.random = random;
    this.playRandom = random.split();
    this.envSeed = envSeed;
    this.env = makeEnvironments(options, hyperparameters);
    try {
      this.distribution = actionDistribution(this.env.actionSpace);
      this.model = makeModel(options, this.env, modelSeed, this.distribution);
      if (hyperparameters.normalizeObservation) this.observationNormalizer = makeNormalizer(this.env);
    } catch (error) {
      if (this.env !== options.env) void this.env.close();
      throw error;
    }
    const {
      gamma,
      gaeLambda: lambda,
      clipRewards,
      bootstrapTruncated,
      klPenalty,
      adam,
      nSteps,
    } = hyperparameters;
    this.optimizer = new Adam(adam);
    this.gae = new GAE({ gamma, lambda });
    if (klPenalty) this.klPenalty = new AdaptiveKLCoefficient(klPenalty);
    const { env, model, episodes, optimizer, distribution, observationNormalizer } = this;
    if (hyperparameters.normalizeReward)
      this.rewardScaler = new RewardScaler({ numEnvs: env.numEnvs, gamma });
    const { rewardScaler } = this;
    this.collector = new RolloutCollector({
      env,
      model,
      random,
      episodes,
      clipRewards,
      rewardScaler,
      observationNormalizer,
      bootstrapTruncated,
    });
    this.update = new PPOUpdate({ model, distribution, optimizer, random, hyperparameters });
    this.buffer = new RolloutBuffer({
      numEnvs: env.numEnvs,
      numSteps: nSteps,
      observationShape: env.observationSpace.shape,
      observationDtype: observationNormalizer ? "float32" : env.observationSpace.dtype,
      actionSize: distribution.actionSize,
      distributionSize: model.distributionSize,
      stateSize: model.stateSize,
    });
  }

  /** Environment steps so far, over all `learn` calls. */
  get numTimesteps(): number {
    return this.timesteps;
  }

  /** Updates so far. */
  get iterations(): number {
    return this.updates;
  }

  /**
   * Trains until the given number of steps or hours is reached, or a callback ends it; a second
   * call goes on where the first ended.
   *
   * @returns the trainer
   * @throws InvalidArgumentError when neither `totalTimesteps` nor `hours` is given
   * @throws NonFiniteError when a loss or gradient is not finite
   */
  async learn(options: LearnOptions): Promise<this> {
    const {
      totalTimesteps = Number.POSITIVE_INFINITY,
      hours = Number.POSITIVE_INFINITY,
      logInterval = 1,
    } = options;
    if (!(totalTimesteps < Number.POSITIVE_INFINITY || hours < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("learn", "expected totalTimesteps or hours");
    }
    const { logger = new Logger() } = options;
    const callbacks = [...(options.callbacks ?? [])];
    if (options.progressBar) callbacks.unshift(host("progressBar").progressBar());
    const began = performance.now();
    const first = this.timesteps;
    const look = (): TrainerProgress => {
      const elapsedSeconds = (performance.now() - began) / 1000;
      const progress = Math.min(
        1,
        Math.max((this.timesteps - first) / totalTimesteps, elapsedSeconds / 3600 / hours),
      );
      const { count: numEpisodes, meanReturn } = this.episodes;
      const { timesteps: numTimesteps, updates: iterations } = this;
      return {
        trainer: this,
        logger,
        numTimesteps,
        iterations,
        elapsedSeconds,
        progress,
        numEpisodes,
        meanReturn,
      };
    };

    if (!this.started) await this.collector.reset(this.envSeed);
    this.started = true;
    for (const callback of callbacks) await callback.onTrainingStart?.(look());
    let running = true;
    while (running && look().progress < 1) {
      const coefficients = this.coefficients(look().progress);
      await this.collector.collect(this.buffer);
      this.timesteps += this.buffer.size;
      for (const callback of callbacks)
        running = (await callback.onRolloutEnd?.(look())) !== false && running;

      const row = await this.train(coefficients);
      Object.assign(row, this.timings(look(), first));
      if (this.updates % logInterval === 0) {
        logger.recordAll(row);
        logger.dump(this.timesteps);
      }
      for (const callback of callbacks)
        running = (await callback.onUpdateEnd?.(look(), row)) !== false && running;
    }
    for (const callback of callbacks) await callback.onTrainingEnd?.(look());
    return this;
  }

  /**
   * Chooses actions for raw observations: with `normalizeObservation` they are normalised here. Continuous
   * actions are clipped to the bounds of the space.
   *
   * @throws ShapeError when observations or states have another size
   */
  async predict(observations: TypedArray, options: PredictOptions = {}): Promise<Prediction> {
    const { state = null, episodeStart, deterministic = false } = options;
    const { model } = this;
    const batch = observations.length / sizeOf(model.observationShape);
    if (!Number.isInteger(batch)) {
      const expected = `[batch, ${model.observationShape.join(", ")}]`;
      throw new ShapeError("observations", expected, [observations.length], "Give whole observations, flat");
    }
    const states = state?.slice() ?? new Float32Array(batch * model.stateSize);
    if (states.length !== batch * model.stateSize) {
      throw new ShapeError("state", `[${batch}, ${model.stateSize}]`, [states.length]);
    }
    for (let row = 0; row < batch; row++) {
      if (episodeStart?.[row]) states.fill(0, row * model.stateSize, (row + 1) * model.stateSize);
    }
    const seen = this.observationNormalizer?.normalize(observations) ?? observations;
    const { distribution, states: next } = await runModel(model, batch, seen, states);
    const drawn = this.distribution.sample(distribution, { random: this.playRandom, deterministic });
    const actions = this.distribution.forEnv(drawn.actions);
    const { actionShape, actionSize } = this.distribution;
    const action: Action = actionShape.length === 0 ? actions[0] : actions.slice(0, actionSize);
    return { actions, action, state: model.stateSize > 0 ? next : null };
  }

  /**
   * Saves the whole run: weights, optimiser, counters, generators, KL coefficient, statistics, and
   * the environments where they can be saved.
   *
   * @param location a path (import `ncps-ts/node` first), or a store and a name
   * @returns where it was written
   * @throws CheckpointError when it cannot be written
   */
  async save(location: CheckpointLocation): Promise<string> {
    const { store, name } = locate(location);
    const { hyperparameters, model } = this;
    const config = JSON.parse(JSON.stringify({ hyperparameters, model: model.toJSON() })) as StateRecord;
    return writeCheckpoint(store, name, { kind: "ppo", config, state: this.getState() });
  }

  /**
   * Makes a trainer from a checkpoint: hyper-parameters come from it unless given, weights and all
   * the rest of the run always.
   *
   * @param location where {@link PPOTrainer.save} wrote
   * @param options at least the environment, and the model where the first run was given one
   * @throws CheckpointError when it is damaged, of another kind, or of another architecture
   */
  static async load(location: CheckpointLocation, options: PPOOptions): Promise<PPOTrainer> {
    const { store, name } = locate(location);
    const checkpoint: Checkpoint = await readCheckpoint(store, name);
    if (checkpoint.kind !== "ppo") {
      throw new CheckpointError(
        `${name}: expected a checkpoint of kind "ppo", received "${checkpoint.kind}"`,
      );
    }
    const saved = checkpoint.config.hyperparameters as Partial<PPOHyperparameters>;
    const trainer = new PPOTrainer({ ...saved, ...options });
    try {
      trainer.setState(checkpoint.state);
    } catch (cause) {
      await trainer.close();
      throw cause instanceof CheckpointError
        ? cause
        : new CheckpointError(`${name}: ${(cause as Error).message}`, { cause });
    }
    return trainer;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const { timesteps, updates, started, env } = this;
    return {
      counters: { timesteps, updates, started },
      model: getWeights(this.model.variables),
      optimizer: this.optimizer.getState(),
      random: this.random.getState(),
      playRandom: this.playRandom.getState(),
      klPenalty: this.klPenalty?.getState() ?? null,
      rewardScaler: this.rewardScaler?.getState() ?? null,
      observationNormalizer: this.observationNormalizer?.getState() ?? null,
      episodes: this.episodes.getState(),
      collector: this.collector.getState(),
      env: (started && env.getState?.()) || null,
    };
  }

  /** Puts a state back. Environments that cannot be saved start a new episode. */
  setState(state: StateRecord): void {
    const counters = state.counters as { timesteps: number; updates: number; started: boolean };
    setWeights(this.model.variables, state.model as StateRecord);
    this.optimizer.setState(state.optimizer as StateRecord);
    this.random.setState(state.random as StateRecord);
    this.playRandom.setState(state.playRandom as StateRecord);
    if (state.klPenalty) this.klPenalty?.setState(state.klPenalty as StateRecord);
    if (state.rewardScaler) this.rewardScaler?.setState(state.rewardScaler as StateRecord);
    if (state.observationNormalizer) {
      this.observationNormalizer?.setState(state.observationNormalizer as StateRecord);
    }
    this.episodes.setState(state.episodes as StateRecord);
    this.timesteps = counters.timesteps;
    this.updates = counters.updates;
    this.started = counters.started && Boolean(state.env && this.env.setState);
    if (this.started) {
      this.env.setState?.(state.env as StateRecord);
      this.collector.setState(state.collector as StateRecord);
    }
  }

  /** Frees the environments, the model and the optimiser. */
  async close(): Promise<void> {
    await this.env.close();
    this.model.dispose();
    this.optimizer.dispose();
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
    Object.assign(buffer, this.gae.compute(buffer));
    const statistics = await this.update.run(buffer, coefficients);
    this.updates++;
    this.klPenalty?.update(statistics.kl);
    return this.row(statistics, coefficients);
  }

  private row(statistics: PPOUpdateStatistics, coefficients: PPOUpdateCoefficients): LogRow {
    return {
      "rollout/ep_rew_mean": this.episodes.meanReturn,
      "rollout/ep_len_mean": this.episodes.meanLength,
      "train/approx_kl": statistics.approxKl,
      "train/clip_fraction": statistics.clipFraction,
      "train/clip_range": coefficients.clipRange,
      "train/entropy_loss": -statistics.entropy,
      "train/explained_variance": explainedVariance(this.buffer.values, this.buffer.returns),
      "train/first_ratio_deviation": statistics.firstRatioDeviation,
      "train/grad_norm": statistics.gradNorm,
      "train/learning_rate": coefficients.learningRate,
      "train/loss": statistics.loss,
      "train/n_updates": this.updates,
      "train/policy_gradient_loss": statistics.policyLoss,
      "train/value_loss": statistics.valueLoss,
      ...(this.distribution.meanDeviation && {
        "train/std": this.distribution.meanDeviation(this.buffer.distributions),
      }),
      ...(this.klPenalty && { "train/kl": statistics.kl, "train/kl_coef": coefficients.klCoef }),
    };
  }

  private timings({ elapsedSeconds, numTimesteps, iterations }: TrainerProgress, first: number): LogRow {
    return {
      "time/fps": Math.round((numTimesteps - first) / elapsedSeconds),
      "time/iterations": iterations,
      "time/time_elapsed": elapsedSeconds,
      "time/total_timesteps": numTimesteps,
    };
  }
}

function makeEnvironments(options: PPOOptions, { numEnvs }: PPOHyperparameters): VectorEnv {
  if (typeof options.env !== "string") return options.env;
  return makeVecEnv(options.env, { numEnvs, wrapper: options.wrapper, envOptions: options.envOptions });
}

function makeModel(
  options: PPOOptions,
  { observationSpace, actionSpace }: VectorEnv,
  seed: number,
  { parameterSize }: ActionDistribution,
): ActorCritic {
  const { model: given = defaultModel } = options;
  const model = typeof given === "function" ? given({ observationSpace, actionSpace, seed }) : given;
  if (model.observationShape.join() !== observationSpace.shape.join()) {
    throw new ShapeError(
      "model",
      `[${observationSpace.shape.join(", ")}] observations`,
      model.observationShape,
    );
  }
  if (model.distributionSize !== parameterSize) {
    const what = actionSpace.kind === "box" ? "means and log standard deviations" : "logits";
    throw new ShapeError("model", `[${parameterSize}] ${what}`, [model.distributionSize]);
  }
  return model;
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
