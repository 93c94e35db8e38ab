/** Collection of rollouts: steps environments with a policy and stores the transitions. */

import type { EpisodeWindow } from "../../core/episode-window.js";
import { InvalidArgumentError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import { clipReward, type RewardClipping } from "../../core/reward-clipping.js";
import {
  dtypeOf,
  isTypedArray,
  type Stateful,
  type StateRecord,
  sizeOf,
  type TypedArray,
} from "../../core/state.js";
import { type ActionDistribution, actionDistribution, type GAE } from "../../losses/index.js";
import type { RolloutBuffer } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { ObservationNormalizer } from "../../wrappers/index.js";
import type { PlayedStep } from "../callbacks/callback.js";
import { recordEpisodes } from "../common/successes.js";
import type { ModelRunner, ModelStep } from "./model-runner.js";
import type { RewardScaler } from "./reward-scaler.js";

/** Options of {@link RolloutCollector}. */
export interface RolloutCollectorOptions {
  /** The environments. */
  env: VectorEnv;
  /** The acting network. */
  model: ActorCritic;
  /** Runs the model. */
  runner: ModelRunner;
  /** Stores the rollouts; its owner resets it after use. */
  buffer: RolloutBuffer;
  /** Estimator of the advantages of a whole rollout. */
  gae: GAE;
  /** Generator that samples actions. */
  random: Random;
  /** Receives every finished whole episode. */
  episodes: EpisodeWindow;
  /** Clipping of rewards before they are stored. */
  clipRewards: RewardClipping | false;
  /** Scales rewards after clipping, if given. */
  rewardScaler?: RewardScaler;
  /** Updates its statistics from all observations and normalises them for the network, if given. */
  observationNormalizer?: ObservationNormalizer;
  /** Whether the value of the final observation is bootstrapped when an episode is truncated. */
  bootstrapTruncated: boolean;
}

/**
 * Collects rollouts; observations, recurrent states and episode starts carry over from one to the next.
 */
export class RolloutCollector implements Stateful {
  private observations?: TypedArray;
  private states: Float32Array;
  private readonly episodeStarts: Uint8Array;
  private readonly distribution: ActionDistribution;

  constructor(private readonly options: RolloutCollectorOptions) {
    const { env, model } = options;
    this.states = new Float32Array(env.numEnvs * model.stateSize);
    this.episodeStarts = new Uint8Array(env.numEnvs).fill(1);
    this.distribution = actionDistribution(env.actionSpace);
  }

  /** Resets all environments and recurrent states; an unfinished rollout is dropped. */
  async reset(seed?: number): Promise<void> {
    const { observations } = await this.options.env.reset(seed === undefined ? {} : { seed });
    this.observations = this.updateAndNormalize(observations).slice();
    this.states.fill(0);
    this.episodeStarts.fill(1);
    this.options.rewardScaler?.restart();
    this.options.buffer.reset();
  }

  /**
   * Fills the buffer to `numSteps` steps of every environment and estimates advantages.
   *
   * @param afterStep called after every step with its data; `false` interrupts the rollout, and the next call
   *   continues it
   * @returns whether the rollout is complete
   */
  async collect(
    afterStep: (played: PlayedStep) => boolean | Promise<boolean> = () => true,
  ): Promise<boolean> {
    const { env, model, buffer, gae, random, episodes } = this.options;
    const { clipRewards, rewardScaler, bootstrapTruncated } = this.options;
    if (!this.observations) await this.reset();
    while (!buffer.full) {
      const before = this.observations!;
      const { distribution, values, states } = await this.forward(before, this.states);
      const { actions, logProbs } = this.distribution.sample(distribution, { random });
      const played = this.distribution.forEnv(actions);
      const step = await env.step(played);
      const after = this.updateAndNormalize(step.observations);
      const anyTruncated = step.truncated.includes(1);
      const ended = (e: number) => step.terminated[e] === 1 || step.truncated[e] === 1;
      const rewards = step.rewards.map((reward) => clipReward(reward, clipRewards));
      rewardScaler?.scale(rewards, ended);
      const finalValues = anyTruncated
        ? await this.finalValues(after, step.finalObservations, states)
        : undefined;

      buffer.add({
        observations: before,
        actions,
        logProbs,
        distributions: distribution,
        values,
        rewards,
        // Without bootstrapping, truncation counts as termination, as in RLlib and the original PPO.
        terminated: bootstrapTruncated ? step.terminated : step.terminated.map((_, e) => Number(ended(e))),
        truncated: bootstrapTruncated ? step.truncated : undefined,
        episodeStarts: this.episodeStarts,
        finalValues,
        states: this.states,
      });
      for (let e = 0; e < env.numEnvs; e++) {
        this.episodeStarts[e] = ended(e) ? 1 : 0;
        if (ended(e)) states.fill(0, e * model.stateSize, (e + 1) * model.stateSize);
      }
      recordEpisodes(episodes, step);
      this.states = states;
      this.observations!.set(after);
      if (!(await afterStep({ ...step, actions: played }))) return false;
    }
    const { values: lastValues } = await this.forward(this.observations!, this.states);
    buffer.finish({ lastValues, gae });
    return true;
  }

  /** `[numEnvs, distributionSize]` output of the network, with its current weights, for the current observations. */
  async presentDistributions(): Promise<Float32Array> {
    return (await this.forward(this.observations!, this.states)).distribution;
  }

  /** A copy of the recurrent state of one environment. */
  stateOf(env: number): Float32Array {
    const { stateSize } = this.options.model;
    return this.states.slice(env * stateSize, (env + 1) * stateSize);
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return {
      observations: this.observations?.slice() ?? null,
      states: this.states.slice(),
      episodeStarts: this.episodeStarts.slice(),
      step: this.options.buffer.position,
    };
  }

  /**
   * Restores a state; the buffer's owner restores its `step`, the position in the rollout.
   *
   * @throws InvalidArgumentError when it belongs to other environments or another network; nothing is changed then
   */
  setState({ observations, states, episodeStarts, step }: StateRecord): void {
    const { env, observationNormalizer } = this.options;
    const size = env.numEnvs * sizeOf(env.observationSpace.shape);
    const dtype = observationNormalizer ? "float32" : env.observationSpace.dtype;
    const fits =
      isTypedArray(observations) && observations.length === size && dtypeOf(observations) === dtype;
    const flags = episodeStarts instanceof Uint8Array && episodeStarts.length === env.numEnvs;
    if (
      !(fits || observations === null) ||
      !flags ||
      !Number.isSafeInteger(step) ||
      !((step as number) >= 0)
    ) {
      throw new InvalidArgumentError(
        "state",
        `expected { observations: ${dtype}[${size}], episodeStarts: uint8[${env.numEnvs}], step: a count }`,
      );
    }
    if (!(states instanceof Float32Array && states.length === this.states.length)) {
      throw new InvalidArgumentError("state", `expected states: float32[${this.states.length}]`);
    }
    this.observations = observations === null ? undefined : observations.slice();
    this.states = states.slice();
    this.episodeStarts.set(episodeStarts);
  }

  private forward(observations: TypedArray, states: Float32Array): Promise<ModelStep> {
    return this.options.runner.run(this.options.env.numEnvs, observations, states);
  }

  // Updates the observation statistics, if any, and returns the observations as the network receives them.
  private updateAndNormalize(observations: TypedArray): TypedArray {
    const { observationNormalizer } = this.options;
    if (!observationNormalizer) return observations;
    observationNormalizer.update(observations);
    return observationNormalizer.normalize(observations);
  }

  // The final observation needs the recurrent state after the episode's last step, not the reset one.
  private async finalValues(
    observations: TypedArray,
    finals: (TypedArray | null)[],
    states: Float32Array,
  ): Promise<Float32Array> {
    const ended = observations.slice();
    const size = ended.length / finals.length;
    finals.forEach((final, e) => {
      if (final) ended.set(this.options.observationNormalizer?.normalize(final) ?? final, e * size);
    });
    return (await this.forward(ended, states)).values;
  }
}
