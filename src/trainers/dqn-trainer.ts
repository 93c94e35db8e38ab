/** Deep Q-learning. */

import * as tf from "@tensorflow/tfjs-core";
import { requireBackend } from "../backends/require-backend.js";
import { type ArrayPlace, type CheckpointLocation, writeCheckpoint } from "../checkpoints/index.js";
import { EpisodeWindow } from "../core/episode-window.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { LogRow } from "../logging/index.js";
import { PrioritizedReplayMemory, ReplayMemory } from "../memory/index.js";
import { type QNetwork, updateTarget } from "../models/index.js";
import { getWeights, setWeights } from "../models/weights.js";
import { Adam, RMSProp } from "../optimizers/index.js";
import type { Discrete } from "../spaces/index.js";
import type { VectorEnv } from "../vector/vector-env.js";
import { defaultQNetwork } from "./default-q-network.js";
import {
  type DQNHyperparameters,
  type DQNOptions,
  type DQNSchedules,
  resolveDQNOptions,
} from "./dqn-options.js";
import { DQNUpdate, type DQNUpdateStatistics } from "./dqn-update.js";
import { environmentsOf, startSeed } from "./environments.js";
import type { Prediction, PredictOptions } from "./evaluate-policy.js";
import { frameTensor } from "./frame-tensor.js";
import { locate, locateNewest } from "./host.js";
import { oneAtATime } from "./one-at-a-time.js";
import { predictionInput } from "./prediction-input.js";
import { clipReward } from "./rollout-collector.js";
import { describeRun, describeSetup, restoreTrainer } from "./saved-run.js";
import { checkFields, checkMoments, restorePart, restoreParts } from "./state-parts.js";
import type { Trainer } from "./trainer.js";
import { type LearnOptions, TrainingRun } from "./training-run.js";

// Steps in which observations are compared with the stacks that the memory builds.
const CHECKED_STEPS = 64;

/**
 * Deep Q-learning (Mnih et al. 2015) for discrete actions, with double Q-learning (van Hasselt et al. 2016), dueling
 * networks (Wang et al. 2016), prioritized replay (Schaul et al. 2016) and n-step returns as options.
 *
 * The trainer owns its networks, optimiser, memory and environments: {@link DQNTrainer.close} frees them all.
 *
 * @example
 * ```ts
 * import { cartPoleDQN, DQNTrainer, useBackend } from "ncps-ts";
 *
 * await useBackend();
 * const trainer = new DQNTrainer({ ...cartPoleDQN, env: "CartPole-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 50_000 });
 * const { action } = await trainer.predict(Float32Array.of(0, 0, 0.05, 0), { deterministic: true });
 * await trainer.close();
 * ```
 */
export class DQNTrainer implements Trainer {
  /** All hyper-parameters, defaults filled in. */
  readonly hyperparameters: DQNHyperparameters;
  /** The environments that are trained on. */
  readonly env: VectorEnv;
  /** The network that is trained and acts. */
  readonly model: QNetwork;
  /** The network that values what follows. */
  readonly target: QNetwork;
  /** The last steps. */
  readonly memory: ReplayMemory;
  /** Returns and lengths of the last 100 whole episodes. */
  readonly episodes = new EpisodeWindow();
  /** Figures of the last gradient step; missing before the first. */
  lastUpdate?: DQNUpdateStatistics;
  private readonly schedules: DQNSchedules;
  private readonly optimizer: Adam | RMSProp;
  private readonly update: DQNUpdate;
  private readonly random: Random;
  // Playing must not change what training draws next.
  private readonly playRandom: Random;
  private readonly envSeed: number;
  private readonly setup: StateRecord;
  private observations?: TypedArray;
  private counters: Counters = {
    timesteps: 0,
    vectorSteps: 0,
    iterations: 0,
    updates: 0,
    started: false,
    // Steps of the present iteration; whether the last step waits for its training.
    iterationSteps: 0,
    pending: false,
    epsilon: 1,
  };
  private sums = noSums();
  // Whether the memory began within episodes, whose earlier frames it lacks.
  private startedWithin = false;
  private run?: TrainingRun;
  private interrupted?: StateRecord;
  // Settles when no checkpoint is being written of frames as they are.
  private saving?: Promise<unknown>;

  /**
   * @throws BackendError when no backend is active
   * @throws InvalidArgumentError for an unknown option, a value out of range, or actions that are not `Discrete`
   */
  constructor(options: DQNOptions) {
    const { hyperparameters, schedules } = resolveDQNOptions(options);
    this.hyperparameters = hyperparameters;
    this.schedules = schedules;
    this.setup = describeSetup(options);
    requireBackend();
    const random = new Random(options.seed);
    const [modelSeed, envSeed] = [random.integer(2 ** 31), random.integer(2 ** 31)];
    this.random = random;
    this.playRandom = random.split();
    this.envSeed = envSeed;
    const { adam, rmsprop } = hyperparameters;
    // Before environments and networks: a wrong number leaves none of them behind.
    this.optimizer = hyperparameters.optimizer === "adam" ? new Adam(adam) : new RMSProp(rmsprop);
    this.env = environmentsOf(options, hyperparameters.numEnvs);
    try {
      const { actionSpace } = this.env;
      if (actionSpace.kind !== "discrete") {
        throw new InvalidArgumentError("env", `DQN needs Discrete actions, received ${actionSpace.kind}`);
      }
      this.memory = makeMemory(this.env, hyperparameters);
      this.model = makeModel(options, this.env, actionSpace, modelSeed, hyperparameters.dueling);
      this.counters.epsilon = hyperparameters.explorationInitialEps;
    } catch (error) {
      if (this.env !== options.env) void this.env.close();
      throw error;
    }
    const { model } = this;
    this.target = model.clone();
    const { target, optimizer } = this;
    this.update = new DQNUpdate({ model, target, optimizer, hyperparameters });
  }

  /** Environment steps so far, over all `learn` calls. */
  get numTimesteps(): number {
    return this.counters.timesteps;
  }

  /** Iterations so far: `stepsPerIteration` environment steps each. */
  get iterations(): number {
    return this.counters.iterations;
  }

  /** Gradient steps so far. */
  get gradientSteps(): number {
    return this.counters.updates;
  }

  /** Probability of a random action in the last step. */
  get explorationRate(): number {
    return this.counters.epsilon;
  }

  /**
   * Trains until the given number of steps or hours is reached, or a callback ends it; a second
   * call goes on where the first ended. After {@link DQNTrainer.resume} the interrupted training is
   * finished, unless another goal is given.
   *
   * @returns the trainer
   * @throws InvalidArgumentError when neither `totalTimesteps` nor `hours` is given
   * @throws InvalidStateError while the trainer is learning already
   * @throws NonFiniteError when a loss or gradient is not finite
   */
  async learn(options: LearnOptions = {}): Promise<this> {
    await oneAtATime(this, () => this.learnAlone(options));
    return this;
  }

  private async learnAlone(options: LearnOptions): Promise<void> {
    const run = new TrainingRun(this, options, this.interrupted);
    this.interrupted = undefined;
    this.run = run;
    const { counters, hyperparameters } = this;
    if (!counters.started) await this.reset();
    await run.conduct(async () => {
      // A step that was interrupted before its training gets it first.
      while (counters.pending || run.running) {
        if (run.interrupted) break;
        // Saved when it was whole, before it was ended.
        if (!counters.pending && counters.iterationSteps >= hyperparameters.stepsPerIteration) {
          await this.endIteration(run);
          continue;
        }
        if (!counters.pending) {
          if (counters.iterationSteps === 0) await run.rolloutStart();
          await this.play(run.look().progress);
          counters.pending = true;
          if (!(await run.step())) break;
        }
        await this.train(run.look().progress);
        counters.pending = false;
        if (counters.iterationSteps >= hyperparameters.stepsPerIteration) await this.endIteration(run);
      }
      if (!run.interrupted && counters.iterationSteps > 0) await this.endIteration(run);
    });
  }

  /**
   * Chooses actions for raw observations: the best ones, or, unless `deterministic`, random ones with the
   * present {@link DQNTrainer.explorationRate}.
   *
   * @throws ShapeError when observations have another size
   */
  async predict(observations: TypedArray, options: PredictOptions = {}): Promise<Prediction> {
    const { model, playRandom } = this;
    const { batch } = predictionInput({ observationShape: model.observationShape }, observations, options);
    const actions = await this.best(observations, batch);
    if (!options.deterministic) {
      for (let i = 0; i < batch; i++) {
        if (playRandom.uniform() < this.explorationRate) actions[i] = playRandom.integer(model.numActions);
      }
    }
    const chosen = this.forEnv(actions);
    return { actions: chosen, action: chosen[0], state: null };
  }

  /**
   * Saves the whole run, between any two steps: both networks, optimiser, counters, generators, statistics, the memory
   * with its priorities (`saveReplayMemory`), log and callbacks, and the environments where they can be saved. The
   * frames are not copied: training that goes on meanwhile waits before its next step.
   *
   * @param location a path (import `ncps-ts/node` first), or a store and a name
   * @returns where it was written
   * @throws CheckpointError when it cannot be written
   */
  async save(location: CheckpointLocation): Promise<string> {
    const { store, name } = locate(location);
    const { hyperparameters, model, setup, counters } = this;
    const { timesteps, iterations, updates } = counters;
    // WebGPU cannot be read at once. Elsewhere what is saved is the run at this very moment, even if nobody waits.
    if (tf.getBackend() === "webgpu") {
      const variables = [model, this.target].flatMap((network) => [...network.variables.values()]);
      await Promise.all(variables.map((variable) => variable.data()));
      await this.optimizer.fetch();
    }
    const config = describeRun(setup, hyperparameters, model);
    const shown = { timesteps, iterations, updates, episodes: this.episodes.count };
    const saving = writeCheckpoint(store, name, {
      kind: "dqn",
      config,
      counters: shown,
      state: this.getState(),
    });
    this.saving = Promise.allSettled([this.saving, saving]).then(() => {});
    return saving;
  }

  /**
   * Makes a trainer from a checkpoint, to go on from it with a new goal: hyper-parameters come from it
   * unless given, weights and all the rest of the training always.
   *
   * @param location where {@link DQNTrainer.save} wrote
   * @param options what the checkpoint cannot hold: environments and models that were objects or functions;
   *   and hyper-parameters that shall change
   * @throws CheckpointError when it is damaged, of another kind, or of another architecture
   * @throws InvalidArgumentError when an option is missing that the checkpoint cannot hold
   */
  static async load(location: CheckpointLocation, options: Partial<DQNOptions> = {}): Promise<DQNTrainer> {
    const trainer = await restoreTrainer(locate(location), "dqn", options, makeTrainer, placeInMemory);
    trainer.interrupted = undefined;
    return trainer;
  }

  /**
   * Takes an interrupted training up again: {@link DQNTrainer.learn} then reaches its goal, bit for bit as
   * if it had never been interrupted, where environments and memory were saved. Hand the same callbacks and log to
   * `learn`.
   *
   * @param location a checkpoint; or a folder of checkpoints or a run's folder, whose newest one is taken
   * @param options as for {@link DQNTrainer.load}
   * @throws CheckpointError when there is none, or it is damaged, of another kind, or of another architecture
   * @throws InvalidArgumentError when an option is missing that the checkpoint cannot hold
   */
  static async resume(location: CheckpointLocation, options: Partial<DQNOptions> = {}): Promise<DQNTrainer> {
    return restoreTrainer(await locateNewest(location), "dqn", options, makeTrainer, placeInMemory);
  }

  /** Everything that decides what happens next. The frames of the memory are views: use them before the next step. */
  getState(): StateRecord {
    const { counters, env } = this;
    return {
      counters: { ...counters },
      sums: { ...this.sums },
      model: getWeights(this.model.variables),
      target: getWeights(this.target.variables),
      optimizer: this.optimizer.getState(),
      random: this.random.getState(),
      playRandom: this.playRandom.getState(),
      episodes: this.episodes.getState(),
      memory: this.hyperparameters.saveReplayMemory ? this.memory.getState() : null,
      observations: this.observations?.slice() ?? null,
      env: (counters.started && env.getState?.()) || null,
      run: this.interrupted ?? this.run?.getState() ?? null,
    };
  }

  /**
   * Puts a state back. Environments that cannot be saved start new episodes; the ones in the memory then count
   * as truncated.
   */
  setState(state: StateRecord): void {
    const { counters } = this;
    const own = this.getState();
    checkFields("", state, own, false);
    restorePart("model", () => setWeights(this.model.variables, state.model as StateRecord));
    restorePart("target", () => setWeights(this.target.variables, state.target as StateRecord));
    checkMoments(state.optimizer, this.model.variables);
    restorePart("optimizer", () => this.optimizer.setState(state.optimizer as StateRecord));
    const { random, playRandom, episodes } = this;
    restoreParts({ random, playRandom, episodes }, state, own);
    for (const name of ["counters", "sums"]) checkFields(name, state[name], own[name] as StateRecord);
    if (state.memory) restorePart("memory", () => this.memory.setState(state.memory as StateRecord));
    Object.assign(counters, state.counters);
    this.sums = { ...(state.sums as Sums) };
    counters.started &&= Boolean(state.env && this.env.setState);
    if (counters.started) {
      restorePart("env", () => this.env.setState?.(state.env as StateRecord));
      this.observations = (state.observations as TypedArray).slice();
      if (!state.memory) this.startEpisodes();
      this.startedWithin = !state.memory;
    }
    this.interrupted = (state.run as StateRecord | null) ?? undefined;
  }

  /** Frees the environments, the networks and the optimiser. */
  async close(): Promise<void> {
    try {
      await this.env.close();
    } finally {
      this.model.dispose();
      this.target.dispose();
      this.optimizer.dispose();
    }
  }

  private async reset(): Promise<void> {
    const { observations } = await this.env.reset({ seed: startSeed(this.envSeed, this.counters.timesteps) });
    this.observations = observations.slice();
    this.startEpisodes();
    this.counters.started = true;
  }

  private startEpisodes(): void {
    for (let e = 0; e < this.env.numEnvs; e++) this.memory.start(e, this.rowOf(this.observations!, e));
  }

  // One step of all environments.
  private async play(progress: number): Promise<void> {
    const { env, memory, counters, episodes, hyperparameters } = this;
    counters.epsilon = this.epsilon(progress);
    const actions = await this.act(counters.epsilon);
    const step = await env.step(this.forEnv(actions));
    await this.saving;
    const { clipRewards, bootstrapTruncated } = hyperparameters;
    for (let e = 0; e < env.numEnvs; e++) {
      const following = this.rowOf(step.observations, e);
      const ended = step.terminated[e] || step.truncated[e];
      // Without bootstrapping a cut counts as an end.
      const terminated = step.terminated[e] || (step.truncated[e] && !bootstrapTruncated);
      memory.add(e, {
        action: actions[e],
        reward: clipReward(step.rewards[e], clipRewards),
        nextObservation: step.finalObservations[e] ?? following,
        terminated,
        truncated: step.truncated[e] && bootstrapTruncated,
      });
      if (ended) memory.start(e, following);
      if (counters.vectorSteps < CHECKED_STEPS && !this.startedWithin) this.checkStack(e, following);
      const { episode } = step.infos[e];
      if (episode) episodes.add(episode);
    }
    this.observations!.set(step.observations);
    counters.timesteps += env.numEnvs;
    counters.iterationSteps += env.numEnvs;
    counters.vectorSteps++;
  }

  // The network's values are counted from 0, actions from the first one of the space.
  private forEnv(actions: Int32Array): Int32Array {
    const { start } = this.env.actionSpace as Discrete;
    return start === 0 ? actions : actions.map((action) => action + start);
  }

  private async act(epsilon: number): Promise<Int32Array> {
    const { random, model, counters, hyperparameters } = this;
    const { numEnvs } = this.env;
    const actions = new Int32Array(numEnvs).fill(-1);
    const blind = counters.timesteps < hyperparameters.learningStarts;
    for (let e = 0; e < numEnvs; e++) {
      if (blind || random.uniform() < epsilon) actions[e] = random.integer(model.numActions);
    }
    if (actions.includes(-1)) {
      const best = await this.best(this.observations!, numEnvs);
      for (let e = 0; e < numEnvs; e++) if (actions[e] < 0) actions[e] = best[e];
    }
    return actions;
  }

  // What the last step calls for: gradient steps, an update of the target network.
  private async train(progress: number): Promise<void> {
    const { memory, counters, hyperparameters, model, target } = this;
    const { learningStarts, trainFreq, targetUpdateInterval, tau } = hyperparameters;
    if (memory.added <= learningStarts || memory.size === 0) return;
    if (counters.vectorSteps % trainFreq === 0) {
      const { numEnvs } = this.env;
      const { gradientSteps, batchSize, prioritized } = hyperparameters;
      const learningRate = this.schedules.learningRate.value(progress);
      const count = gradientSteps === -1 ? trainFreq * numEnvs : gradientSteps;
      for (let i = 0; i < count; i++) {
        if (memory instanceof PrioritizedReplayMemory) memory.beta = this.beta(progress);
        const batch = memory.sample(batchSize, this.random);
        const statistics = await this.update.step(batch, learningRate);
        if (prioritized && memory instanceof PrioritizedReplayMemory) {
          memory.updatePriorities(batch.indices, statistics.tdErrors);
        }
        this.lastUpdate = statistics;
        this.note(statistics);
        counters.updates++;
      }
    }
    const interval = Math.max(1, Math.floor(targetUpdateInterval / this.env.numEnvs));
    if (counters.vectorSteps % interval === 0) updateTarget(model, target, tau);
  }

  private async best(observations: TypedArray, batch: number): Promise<Int32Array> {
    const { model } = this;
    const chosen = tf.tidy(() =>
      tf.argMax(model.apply(frameTensor(observations, [batch, ...model.observationShape])), 1),
    );
    const actions = Int32Array.from(await chosen.data());
    chosen.dispose();
    return actions;
  }

  private epsilon(progress: number): number {
    const { explorationFraction, explorationInitialEps, explorationFinalEps } = this.hyperparameters;
    if (this.schedules.exploration) return this.schedules.exploration.value(this.counters.timesteps);
    const done = explorationFraction === 0 ? 1 : Math.min(1, progress / explorationFraction);
    return explorationInitialEps + done * (explorationFinalEps - explorationInitialEps);
  }

  private beta(progress: number): number {
    const { betaSteps } = this.hyperparameters.prioritized ?? {};
    const x = betaSteps === undefined ? progress : Math.min(1, this.counters.timesteps / betaSteps);
    return Math.min(1, this.schedules.beta.value(x));
  }

  private note({ loss, gradNorm, meanQ, tdErrors }: DQNUpdateStatistics): void {
    const { sums } = this;
    sums.count++;
    sums.loss += loss;
    sums.gradNorm += gradNorm;
    sums.meanQ += meanQ;
    sums.tdError += tdErrors.reduce((sum, error) => sum + Math.abs(error), 0) / tdErrors.length;
  }

  private async endIteration(run: TrainingRun): Promise<void> {
    await run.rolloutEnd();
    const { counters, sums, memory, episodes } = this;
    const { count } = sums;
    counters.iterations++;
    counters.iterationSteps = 0;
    this.sums = noSums();
    const row: LogRow = {
      "rollout/ep_rew_mean": episodes.meanReturn,
      "rollout/ep_len_mean": episodes.meanLength,
      "rollout/exploration_rate": counters.epsilon,
      "rollout/memory_size": memory.size,
      "time/episodes": episodes.count,
      "train/n_updates": counters.updates,
      ...(count > 0 && {
        "train/grad_norm": sums.gradNorm / count,
        "train/learning_rate": this.schedules.learningRate.value(run.look().progress),
        "train/loss": sums.loss / count,
        "train/q_mean": sums.meanQ / count,
        "train/td_error": sums.tdError / count,
      }),
      ...(count > 0 && memory instanceof PrioritizedReplayMemory && { "train/beta": memory.beta }),
    };
    await run.updateEnd(row);
  }

  private rowOf(observations: TypedArray, env: number): TypedArray {
    const size = observations.length / this.env.numEnvs;
    return observations.subarray(env * size, (env + 1) * size);
  }

  private checkStack(env: number, observation: TypedArray): void {
    const { frameStack } = this.hyperparameters;
    if (frameStack === 1) return;
    const built = this.memory.latest(env);
    if (built.every((value, i) => value === observation[i])) return;
    throw new InvalidArgumentError(
      "frameStack",
      `observations are not the last ${frameStack} frames along the last axis, oldest first, as FrameStack({ k: ${frameStack} }) makes them: wrap the environment so, or set frameStack to 1`,
    );
  }
}

type Counters = {
  timesteps: number;
  vectorSteps: number;
  iterations: number;
  updates: number;
  started: boolean;
  iterationSteps: number;
  pending: boolean;
  epsilon: number;
};

type Sums = ReturnType<typeof noSums>;

// Sums over the gradient steps of an iteration.
function noSums() {
  return { count: 0, loss: 0, gradNorm: 0, meanQ: 0, tdError: 0 };
}

function makeTrainer(options: DQNOptions): DQNTrainer {
  return new DQNTrainer(options);
}

// The memory's frames are read into their place.
function placeInMemory({ memory }: DQNTrainer): ArrayPlace {
  return ([part, ...path], dtype, length) =>
    part === "memory" ? memory.placeOf(path, dtype, length) : undefined;
}

function makeMemory(
  { numEnvs, observationSpace: { shape, dtype } }: VectorEnv,
  { bufferSize: capacity, frameStack, nStep, gamma, prioritized }: DQNHyperparameters,
): ReplayMemory {
  const common = {
    capacity,
    numEnvs,
    observationShape: shape,
    observationDtype: dtype,
    frameStack,
    nStep,
    gamma,
  };
  if (!prioritized) return new ReplayMemory(common);
  const { alpha, epsilon } = prioritized;
  return new PrioritizedReplayMemory({ ...common, alpha, epsilon });
}

function makeModel(
  options: DQNOptions,
  { observationSpace }: VectorEnv,
  actionSpace: Discrete,
  seed: number,
  dueling: boolean,
): QNetwork {
  const { model: given = defaultQNetwork } = options;
  const model = typeof given === "function" ? given({ observationSpace, actionSpace, dueling, seed }) : given;
  if (model.observationShape.join() !== observationSpace.shape.join()) {
    throw new ShapeError(
      "model",
      `[${observationSpace.shape.join(", ")}] observations`,
      model.observationShape,
    );
  }
  if (model.numActions !== actionSpace.n) {
    throw new ShapeError("model", `[${actionSpace.n}] values`, [model.numActions]);
  }
  return model;
}
