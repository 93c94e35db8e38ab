/** Deep Q-learning. */

import { Adam, RMSProp, requireBackend } from "tfjs-training";
import type { CheckpointLocation } from "../../checkpoints/index.js";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import { Random } from "../../core/random.js";
import { clipReward } from "../../core/reward-clipping.js";
import type { StateRecord, StateTree, TypedArray } from "../../core/state.js";
import type { ResetOptions } from "../../envs/env.js";
import type { LogRow } from "../../logging/index.js";
import { PrioritizedReplayMemory, type ReplayMemory } from "../../memory/index.js";
import { type QNetwork, updateTarget } from "../../models/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { PlayedStep } from "../callbacks/callback.js";
import { BaseTrainer } from "../common/base-trainer.js";
import { locate, locateNewest } from "../common/checkpoint-paths.js";
import { environmentsOf, releaseEnvironments, startSeed } from "../common/environments.js";
import type { Prediction, PredictOptions } from "../common/evaluate-policy.js";
import { disposeOnFailure, givenModel } from "../common/given-model.js";
import type { ModelParameters } from "../common/model-parameters.js";
import { predictionInput } from "../common/prediction-input.js";
import { ofCheckpoint, type Restoring, restoreTrainer } from "../common/restore-trainer.js";
import { dqnForms } from "../common/saved-hyperparameters.js";
import { describeRun, describeSetup } from "../common/saved-run.js";
import { checkCounts, checkFields, checkFinite, restorePart } from "../common/state-parts.js";
import { recordEpisodes } from "../common/successes.js";
import type { LearnOptions, TrainingRun } from "../common/training-run.js";
import { defaultQNetwork } from "./default-q-network.js";
import {
  checkMemory,
  checkMemorySizes,
  savedEnvironments,
  savedObservations,
  withoutOpenEpisodes,
} from "./dqn-checkpoint.js";
import { DQNIteration } from "./dqn-iteration.js";
import { checkStack, makeMemory, placeInMemory } from "./dqn-memory.js";
import {
  type DQNHyperparameters,
  type DQNOptions,
  type DQNSchedules,
  dqnDefaults,
  resolveDQNOptions,
} from "./dqn-options.js";
import { DQNUpdate, type DQNUpdateStatistics } from "./dqn-update.js";
import { EpsilonGreedy } from "./epsilon-greedy.js";

// Number of steps in which observations are compared with the stacks that the memory builds.
const CHECKED_STEPS = 64;

/**
 * Deep Q-learning (Mnih et al. 2015) for discrete actions, with double Q-learning (van Hasselt et al. 2016), dueling
 * networks (Wang et al. 2016), prioritized replay (Schaul et al. 2016) and n-step returns as options.
 *
 * The trainer owns its networks, optimizer, memory and environments: {@link DQNTrainer.close} frees them all.
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
export class DQNTrainer extends BaseTrainer {
  /** All hyper-parameters, with defaults filled in. */
  readonly hyperparameters: DQNHyperparameters;
  /** The training environments. */
  override readonly env: VectorEnv;
  /** The Q-network that is trained and acts. */
  readonly model: QNetwork;
  /** The target network. */
  readonly target: QNetwork;
  /** The replay memory. A loaded trainer reads its contents from the checkpoint when `learn` or `save` is called. */
  readonly memory: ReplayMemory;
  /** Metrics of the last gradient step; missing before the first. */
  lastUpdate?: DQNUpdateStatistics;
  /** @internal */
  protected readonly kind = "dqn";
  /** @internal */
  protected readonly optimizer: Adam | RMSProp;
  private readonly schedules: DQNSchedules;
  private readonly update: DQNUpdate;
  private readonly policy: EpsilonGreedy;
  private readonly random: Random;
  // A separate generator for predict(), which must not change the random numbers of training.
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
    // Steps of the current iteration; whether the last step still has to be trained on.
    iterationSteps: 0,
    pending: false,
    epsilon: 1,
  };
  private readonly iteration = new DQNIteration();
  /**
   * @throws BackendError when no backend is active
   * @throws InvalidArgumentError for an unknown option, a value out of range, or actions that are not `Discrete`
   */
  constructor(options: DQNOptions) {
    super();
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
    // Before environments and networks: an invalid value leaves none of them behind.
    this.optimizer = hyperparameters.optimizer === "adam" ? new Adam(adam) : new RMSProp(rmsprop);
    this.env = environmentsOf(options, hyperparameters.numEnvs);
    const { env } = this;
    let made: QNetwork[] = [];
    try {
      const { observationSpace, actionSpace } = env;
      if (actionSpace.kind !== "discrete") {
        throw new InvalidArgumentError("env", `DQN needs Discrete actions, received ${actionSpace.kind}`);
      }
      const { dueling } = hyperparameters;
      this.memory = makeMemory(env, hyperparameters);
      const spaces = { observationSpace, actionSpace, dueling, seed: modelSeed };
      this.model = givenModel(options.model ?? defaultQNetwork, spaces, ({ numActions }) => {
        if (numActions !== actionSpace.n)
          throw new ShapeError("model", `[${actionSpace.n}] values`, [numActions]);
      });
      if (this.model !== options.model) made = [this.model];
      this.target = disposeOnFailure(() => this.model.clone());
      made.push(this.target);
      const { model, target, optimizer } = this;
      this.update = new DQNUpdate({ model, target, optimizer, hyperparameters });
      this.policy = new EpsilonGreedy({
        model,
        actionSpace,
        hyperparameters,
        schedule: schedules.exploration,
      });
    } catch (error) {
      for (const network of made) network.dispose();
      releaseEnvironments(options, env);
      throw error;
    }
    this.counters.epsilon = hyperparameters.explorationInitialEps;
  }

  /** Total number of environment steps over all `learn` calls. */
  get numTimesteps(): number {
    return this.counters.timesteps;
  }

  /** Total number of iterations of `stepsPerIteration` environment steps each. */
  get iterations(): number {
    return this.counters.iterations;
  }

  /** Total number of gradient steps. */
  get gradientSteps(): number {
    return this.counters.updates;
  }

  /** Probability of a random action in the last step. */
  get explorationRate(): number {
    return this.counters.epsilon;
  }

  /**
   * Trains until the given number of steps or hours is reached, or a callback or a signal ends it. After
   * {@link DQNTrainer.resume} the call finishes the interrupted training, unless another goal is given.
   *
   * A second call continues with networks, memory, environments and the count of steps. What depends on the training's
   * progress starts again with the new goal, as in SB3 by default: the schedules of `learningRate` and `beta`, and
   * exploration by `explorationFraction`, which is at `explorationInitialEps` again. What depends on environment steps
   * (`exploration`, `betaSteps`, `learningStarts`) continues; SB3 restarts those as well.
   *
   * The trainer yields to the event loop between steps and gradient steps, so pages, servers and signals keep working.
   *
   * @returns the trainer
   * @throws InvalidArgumentError when neither `totalTimesteps` nor `hours` is given, or an option is unknown
   * @throws InvalidStateError when the trainer is learning already, or is closed
   * @throws NonFiniteError when a loss or gradient is not finite
   */
  override learn(options: LearnOptions = {}): Promise<this> {
    return super.learn(options);
  }

  /** @internal */
  protected override async start(): Promise<void> {
    if (!this.counters.started) await this.reset();
  }

  /** @internal */
  protected async iterate(run: TrainingRun): Promise<void> {
    const { counters } = this;
    if (run.interrupted) return;
    // A resumed training first finishes its last step, or the row of its last iteration.
    if (counters.pending) await this.finishStep(run);
    else if (this.rowDue) await this.endIteration(run);
    while (run.running) {
      if (counters.iterationSteps === 0) await run.rolloutStart();
      const played = await this.play(run.progress().progress);
      if (!(await run.step(played))) return;
      await this.finishStep(run);
    }
    if (!run.interrupted && counters.iterationSteps > 0) await this.endIteration(run);
  }

  private async finishStep(run: TrainingRun): Promise<void> {
    await this.trackUpdate(this.train(run.progress().progress, run));
    this.counters.pending = false;
    if (this.rowDue) await this.endIteration(run);
  }

  // Whether the steps of an iteration are complete, and its row is not logged yet.
  private get rowDue(): boolean {
    return this.counters.iterationSteps >= this.hyperparameters.stepsPerIteration;
  }

  /** @internal */
  // Returns the best actions, or, unless `deterministic`, random ones with the current exploration rate.
  protected async choose(observations: TypedArray, options: PredictOptions): Promise<Prediction> {
    const { model, playRandom } = this;
    const { batch } = predictionInput({ observationShape: model.observationShape }, observations, options);
    const actions = options.deterministic
      ? await this.policy.best(observations, batch)
      : await this.policy.choose(observations, batch, this.explorationRate, playRandom);
    const chosen = this.policy.forEnv(actions);
    return { actions: chosen, action: chosen[0], state: null };
  }

  /**
   * Creates a trainer from a checkpoint, to continue with a new goal. Hyper-parameters are those of the checkpoint
   * unless given; weights and the rest of the training state always come from the checkpoint.
   *
   * The replay memory, which `predict` does not need, stays in the checkpoint until `learn` or `save` is called. They
   * read it then, and fail with a CheckpointError if the checkpoint was deleted or replaced.
   * {@link DQNTrainer.resume} reads it at once.
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
  static async load(location: CheckpointLocation, options: Partial<DQNOptions> = {}): Promise<DQNTrainer> {
    const place = locate(location);
    const leave = (trainer: DQNTrainer, read: () => Promise<StateTree>) => {
      trainer.fetchRest = async () => {
        const memory = await read();
        try {
          trainer.restoreMemory(memory);
        } catch (cause) {
          throw ofCheckpoint(place.name, cause);
        }
      };
    };
    const later = { name: "memory", leave };
    const trainer = await restoreTrainer(place, restoring, options, { playOnly: true, later });
    trainer.interrupted = undefined;
    return trainer;
  }

  /**
   * Resumes an interrupted training: {@link DQNTrainer.learn} then reaches its goal, bit for bit as
   * if it had never been interrupted, if environments and memory were saved. Pass the same callbacks and logger to
   * `learn`.
   *
   * @param location a checkpoint; or a folder of checkpoints or a run's folder, whose newest checkpoint is used
   * @param options as for {@link DQNTrainer.load}
   * @throws CheckpointError when there is no checkpoint, or it is damaged, of another kind, or of another architecture
   * @throws InvalidArgumentError when an option is missing that the checkpoint cannot contain
   */
  static async resume(location: CheckpointLocation, options: Partial<DQNOptions> = {}): Promise<DQNTrainer> {
    return restoreTrainer(await locateNewest(location), restoring, options);
  }

  /** @internal */
  protected weights() {
    return { model: this.model.variables, target: this.target.variables };
  }

  /** @internal */
  protected parts() {
    const { random, playRandom, episodes, iteration: sums } = this;
    return { random, playRandom, episodes, sums };
  }

  /** @internal */
  protected ownState(): StateRecord {
    const { counters, env } = this;
    return {
      counters: { ...counters },
      memory: this.hyperparameters.saveReplayMemory ? this.memory.getState() : null,
      observations: this.observations?.slice() ?? null,
      env: (counters.started && env.getState?.()) || null,
    };
  }

  /** @internal */
  // If environments cannot be restored, their episodes in the memory count as truncated.
  protected restoreOwnState(state: StateRecord, own: StateRecord): void {
    const { counters } = this;
    checkFields("counters", state.counters, own.counters as StateRecord);
    checkCounts("counters", state.counters, [
      "timesteps",
      "vectorSteps",
      "iterations",
      "updates",
      "iterationSteps",
    ]);
    if (state.memory) this.restoreMemory(state.memory);
    Object.assign(counters, state.counters);
    counters.started &&= Boolean(state.env && this.env.setState);
    if (!counters.started) return;
    restorePart("env", () => this.env.setState?.(state.env as StateRecord));
    this.observations = savedObservations(state.observations, this.env).slice();
    if (!state.memory) this.startEpisodes({ within: true });
  }

  private restoreMemory(memory: StateTree): void {
    checkFinite("memory", memory);
    checkMemory(memory, this.model.numActions);
    restorePart("memory", () => this.memory.setState(memory as StateRecord));
  }

  /** @internal */
  protected describe(): StateRecord {
    return describeRun(this.setup, this.hyperparameters, this.model, this.env);
  }

  /** @internal */
  protected counts(): StateRecord {
    const { timesteps, iterations, updates } = this.counters;
    return { timesteps, iterations, updates };
  }

  /**
   * Sets the weights of both networks by name, e.g. those of another trainer; the optimizer is left unchanged.
   *
   * @throws InvalidStateError when the trainer is closed, or gradient steps are running
   * @throws CheckpointError when a name is missing or unknown
   * @throws ShapeError when a weight has the wrong size
   */
  override setParameters(parameters: ModelParameters): void {
    super.setParameters(parameters);
    updateTarget(this.model, this.target, 1);
  }

  /** @internal */
  protected async release(): Promise<void> {
    try {
      await this.env.close();
    } finally {
      this.update.dispose();
      this.policy.dispose();
      this.target.dispose();
    }
  }

  /** @internal */
  protected override async resetTimesteps(): Promise<void> {
    const { counters } = this;
    Object.assign(counters, { timesteps: 0, iterationSteps: 0, pending: false });
    this.iteration.take();
    if (counters.started) await this.reset({});
  }

  private async reset(
    { seed }: ResetOptions = { seed: startSeed(this.envSeed, this.counters.timesteps) },
  ): Promise<void> {
    const { observations } = await this.env.reset(seed === undefined ? {} : { seed });
    this.observations = observations.slice();
    this.startEpisodes({ within: false });
    this.counters.started = true;
  }

  private startEpisodes({ within }: { within: boolean }): void {
    const { env, memory, observations } = this;
    for (let e = 0; e < env.numEnvs; e++) memory.start(e, this.rowOf(observations!, e), within);
  }

  // Makes one step of all environments.
  private async play(progress: number): Promise<PlayedStep> {
    const { env, memory, counters, episodes, hyperparameters, policy, random } = this;
    const { clipRewards, bootstrapTruncated, learningStarts } = hyperparameters;
    counters.epsilon = policy.rate(progress, counters.timesteps);
    const actions =
      counters.timesteps < learningStarts
        ? policy.randomActions(env.numEnvs, random)
        : await policy.choose(this.observations!, env.numEnvs, counters.epsilon, random);
    const played = policy.forEnv(actions);
    const step = await env.step(played);
    await this.saving; // it reads the memory's frames in place
    for (let e = 0; e < env.numEnvs; e++) {
      const following = this.rowOf(step.observations, e);
      const ended = step.terminated[e] || step.truncated[e];
      // Without bootstrapping, truncation counts as termination.
      const terminated = step.terminated[e] || (step.truncated[e] && !bootstrapTruncated);
      memory.add(e, {
        action: actions[e],
        reward: clipReward(step.rewards[e], clipRewards),
        nextObservation: step.finalObservations[e] ?? following,
        terminated,
        truncated: step.truncated[e] && bootstrapTruncated,
      });
      if (ended) memory.start(e, following);
      if (counters.vectorSteps < CHECKED_STEPS) checkStack(memory, e, following);
    }
    recordEpisodes(episodes, step);
    this.observations!.set(step.observations);
    counters.timesteps += env.numEnvs;
    counters.iterationSteps += env.numEnvs;
    counters.vectorSteps++;
    counters.pending = true;
    return { ...step, actions: played };
  }

  // Runs the gradient steps and the target update that are due.
  private async train(progress: number, { turns }: TrainingRun): Promise<void> {
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
          memory.updatePriorities(batch, statistics.tdErrors);
        }
        this.lastUpdate = statistics;
        this.iteration.add(statistics);
        counters.updates++;
        if (turns.due) await turns.give();
      }
    }
    const interval = Math.max(1, Math.floor(targetUpdateInterval / this.env.numEnvs));
    if (counters.vectorSteps % interval === 0) updateTarget(model, target, tau);
  }

  private beta(progress: number): number {
    const { betaSteps } = this.hyperparameters.prioritized ?? {};
    const x = betaSteps === undefined ? progress : Math.min(1, this.counters.timesteps / betaSteps);
    return Math.min(1, this.schedules.beta.value(x));
  }

  private async endIteration(run: TrainingRun): Promise<void> {
    await run.rolloutEnd();
    const { counters, memory, episodes } = this;
    const trained = this.iteration.take();
    counters.iterations++;
    counters.iterationSteps = 0;
    const row: LogRow = {
      "rollout/ep_rew_mean": episodes.meanReturn,
      "rollout/ep_len_mean": episodes.meanLength,
      "rollout/exploration_rate": counters.epsilon,
      "rollout/memory_size": memory.size,
      "time/episodes": episodes.count,
      "train/n_updates": counters.updates,
      ...trained,
      ...("train/loss" in trained && {
        "train/learning_rate": this.schedules.learningRate.value(run.progress().progress),
        ...(memory instanceof PrioritizedReplayMemory && { "train/beta": memory.beta }),
      }),
    };
    await run.updateEnd(row);
  }

  private rowOf(observations: TypedArray, env: number): TypedArray {
    const size = observations.length / this.env.numEnvs;
    return observations.subarray(env * size, (env + 1) * size);
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

const restoring: Restoring<DQNOptions, DQNTrainer> = {
  kind: "dqn",
  defaults: dqnDefaults,
  forms: dqnForms,
  make: (options) => new DQNTrainer(options),
  placeIn: placeInMemory,
  numEnvsFields: "memory.heads or observations",
  numEnvs: savedEnvironments,
  checkSizes: checkMemorySizes,
  withoutEnvironments: withoutOpenEpisodes,
};
