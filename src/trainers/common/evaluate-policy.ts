/** How well a policy plays. */

import { checkInteger } from "../../core/check-integer.js";
import type { TypedArray } from "../../core/state.js";
import type { Action } from "../../envs/env.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { ReportedEpisodes } from "./reported-episodes.js";

/** Options of {@link Policy.predict}. */
export interface PredictOptions {
  /** Recurrent states `[batch, stateSize]` that the last call returned; zeros when missing. */
  state?: Float32Array | null;
  /** One flag a row: 1 (or true) clears its state first, as at the start of an episode. */
  episodeStart?: ArrayLike<number | boolean>;
  /** Takes the most probable action instead of drawing one; default false. */
  deterministic?: boolean;
}

/** Result of {@link Policy.predict}. */
export interface Prediction {
  /** `[batch]` discrete actions, or `[batch, ...shape]` others, flat; as the environments take them. */
  actions: Int32Array | Float32Array | Float64Array;
  /** The first action, for a single observation: an index for `Discrete`, an array for other spaces. */
  action: Action;
  /** `[batch, stateSize]` states for the next call, `null` for feed-forward policies. */
  state: Float32Array | null;
}

/** Whatever chooses actions: a trainer, or your own. */
export interface Policy {
  /** Chooses actions for one observation or a flat batch of them. */
  predict(observations: TypedArray, options?: PredictOptions): Promise<Prediction>;
}

/** Options of {@link evaluatePolicy}. */
export interface EvaluateOptions {
  /** Whole episodes to play, default 10. */
  numEpisodes?: number;
  /** Whether the most probable actions are taken, default true. */
  deterministic?: boolean;
  /** Seed of the environments; without it they go on as they are. */
  seed?: number;
}

/** Result of {@link evaluatePolicy}. */
export interface Evaluation {
  /** Mean return. */
  meanReward: number;
  /** Standard deviation of the returns (population). */
  stdReward: number;
  /** Return of each episode, unclipped, whole games. */
  returns: number[];
  /** Steps of each episode. */
  lengths: number[];
}

/**
 * Plays whole episodes and reports their returns. Each environment plays its share of the
 * episodes, so that short episodes are not counted more often than long ones.
 *
 * @param policy e.g. a trainer
 * @param env environments of their own, not those being trained on; made by `makeVecEnv`
 * @throws InvalidArgumentError when `numEpisodes` is not a positive integer
 * @throws EnvContractError when episodes end and none of them is reported
 *
 * @example
 * ```ts
 * const env = makeVecEnv("CartPole-v1", { numEnvs: 10 });
 * const { meanReward, stdReward } = await evaluatePolicy(trainer, env, { numEpisodes: 100, seed: 1 });
 * ```
 */
export async function evaluatePolicy(
  policy: Policy,
  env: VectorEnv,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { numEpisodes = 10, deterministic = true, seed } = options;
  checkInteger("numEpisodes", numEpisodes);
  const { numEnvs } = env;
  const left = Array.from({ length: numEnvs }, (_, i) => Math.floor((numEpisodes + i) / numEnvs));
  const returns: number[] = [];
  const lengths: number[] = [];
  let { observations } = await env.reset(seed === undefined ? {} : { seed });
  let state: Float32Array | null = null;
  let episodeStart: Uint8Array = new Uint8Array(numEnvs).fill(1);
  const reported = new ReportedEpisodes(numEnvs);
  while (returns.length < numEpisodes) {
    const prediction = await policy.predict(observations, { state, episodeStart, deterministic });
    state = prediction.state;
    const step = await env.step(prediction.actions);
    observations = step.observations;
    episodeStart = step.terminated.map((ended, i) => ended | step.truncated[i]);
    step.infos.forEach(({ episode }, i) => {
      reported.look(i, episodeStart[i] === 1, episode !== undefined);
      if (!episode || left[i] === 0) return;
      left[i]--;
      returns.push(episode.return);
      lengths.push(episode.length);
    });
  }
  const meanReward = returns.reduce((sum, value) => sum + value, 0) / numEpisodes;
  const variance = returns.reduce((sum, value) => sum + (value - meanReward) ** 2, 0) / numEpisodes;
  return { meanReward, stdReward: Math.sqrt(variance), returns, lengths };
}
