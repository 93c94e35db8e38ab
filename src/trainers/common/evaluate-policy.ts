/** Policy evaluation: `evaluatePolicy` and the interface of policies. */

import { checkInteger } from "../../core/check-integer.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { checkSignal } from "../../core/check-signal.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import type { TypedArray } from "../../core/state.js";
import { EventLoopTurns } from "../../core/yield.js";
import type { Action, Env } from "../../envs/env.js";
import { makeVecEnv } from "../../vector/make-vec-env.js";
import { SyncVectorEnv } from "../../vector/sync-vector-env.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { ReportedEpisodes } from "./reported-episodes.js";
import { successOf } from "./successes.js";

/** Options of {@link Policy.predict}. */
export interface PredictOptions {
  /** Recurrent states `[batch, stateSize]` that the previous call returned; zeros when missing. */
  state?: Float32Array | null;
  /** One flag per row: 1 (or true) resets its state first, as at the start of an episode. */
  episodeStart?: ArrayLike<number | boolean>;
  /** Takes the most probable action instead of sampling one; default false. */
  deterministic?: boolean;
}

/** Result of {@link Policy.predict}. */
export interface Prediction {
  /** `[batch]` discrete actions, or `[batch, ...shape]` other actions, flat, as the environments expect them. */
  actions: Int32Array | Float32Array | Float64Array;
  /** The first action, for a single observation: an index for `Discrete`, an array for other spaces. */
  action: Action;
  /** `[batch, stateSize]` states for the next call, `null` for feed-forward policies. */
  state: Float32Array | null;
}

/** Anything that chooses actions: a trainer, or your own object. */
export interface Policy {
  /** Chooses actions for one observation or a flat batch of them. */
  predict(observations: TypedArray, options?: PredictOptions): Promise<Prediction>;
}

/** Options of {@link evaluatePolicy}. */
export interface EvaluateOptions {
  /** Number of whole episodes to play, default 10. */
  numEpisodes?: number;
  /** Whether the most probable actions are taken, default true. */
  deterministic?: boolean;
  /** Seed of the environments; without it they continue with their current generators. */
  seed?: number;
  /** Aborts the evaluation, which then rejects with the signal's reason, as `fetch` does. Default none. */
  signal?: AbortSignal;
}

const names = optionNames<EvaluateOptions>({
  numEpisodes: true,
  deterministic: true,
  seed: true,
  signal: true,
});

const hints = {
  n_eval_episodes: "did you mean numEpisodes?",
  numEpisodes: "did you mean numEpisodes?",
  return_episode_rewards: "the result always holds returns and lengths",
};

/** Result of {@link evaluatePolicy}. */
export interface Evaluation {
  /** Mean return. */
  meanReturn: number;
  /** Standard deviation of the returns (population). */
  stdReturn: number;
  /** Return of each whole, unclipped episode. */
  returns: number[];
  /** Number of steps of each episode. */
  lengths: number[];
  /** Share of episodes whose last info had `isSuccess` (or `is_success`); missing if no environment reports it. */
  successRate?: number;
}

/**
 * Plays whole episodes and reports their returns. Each environment plays its share of the
 * episodes, so that short episodes are not counted more often than long ones.
 *
 * @param policy e.g. a trainer
 * @param env separate environments, not those being trained on: a vector environment from `makeVecEnv`, a single
 *   environment, or an id, which is made for this evaluation and closed after it
 * @throws InvalidArgumentError when `env` is not an environment, or an option is unknown or has a wrong value
 * @throws NotRegisteredError when the id is unknown
 * @throws EnvContractError when episodes end and none of them is reported in `info.episode`
 *
 * @example
 * ```ts
 * const env = makeVecEnv("CartPole-v1", { numEnvs: 10 });
 * const { meanReturn, stdReturn } = await evaluatePolicy(trainer, env, { numEpisodes: 100, seed: 1 });
 * ```
 */
export async function evaluatePolicy(
  policy: Policy,
  env: VectorEnv | Env | string,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkOptions("evaluatePolicy", options, names, hints);
  checkInteger("numEpisodes", options.numEpisodes ?? 10);
  checkSignal(options.signal);
  if (typeof policy?.predict !== "function") {
    throw new InvalidArgumentError(
      "policy",
      `expected a trainer, or an object with predict(observations, options), received ${showValue(policy)}`,
    );
  }
  if (typeof env === "string") {
    const made = makeVecEnv(env, { numEnvs: 1 });
    try {
      return await evaluateIn(made, policy, options);
    } finally {
      await made.close();
    }
  }
  return evaluateIn(isVector(env) ? env : vectorOf(env), policy, options);
}

function isVector(env: VectorEnv | Env): env is VectorEnv {
  return Number.isInteger((env as Partial<VectorEnv> | undefined)?.numEnvs);
}

// The caller who made the environment closes it.
function vectorOf(env: Env): SyncVectorEnv {
  if (typeof env?.step === "function" && env.observationSpace) return new SyncVectorEnv([() => env]);
  throw new InvalidArgumentError(
    "env",
    `expected a vector environment, an environment or an id, received ${showValue(env)}`,
  );
}

async function evaluateIn(env: VectorEnv, policy: Policy, options: EvaluateOptions): Promise<Evaluation> {
  const { numEpisodes = 10, deterministic = true, seed, signal } = options;
  const { numEnvs } = env;
  const left = Array.from({ length: numEnvs }, (_, i) => Math.floor((numEpisodes + i) / numEnvs));
  const returns: number[] = [];
  const lengths: number[] = [];
  const successes: boolean[] = [];
  const turns = new EventLoopTurns();
  signal?.throwIfAborted();
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
    step.infos.forEach((info, i) => {
      const { episode } = info;
      reported.check(i, episodeStart[i] === 1, episode !== undefined);
      if (!episode || left[i] === 0) return;
      left[i]--;
      returns.push(episode.return);
      lengths.push(episode.length);
      const success = successOf(info);
      if (success !== undefined) successes.push(success);
    });
    if (turns.due) await turns.give();
    signal?.throwIfAborted();
  }
  const meanReturn = returns.reduce((sum, value) => sum + value, 0) / numEpisodes;
  const variance = returns.reduce((sum, value) => sum + (value - meanReturn) ** 2, 0) / numEpisodes;
  return {
    meanReturn,
    stdReturn: Math.sqrt(variance),
    returns,
    lengths,
    ...(successes.length > 0 && { successRate: successes.filter(Boolean).length / successes.length }),
  };
}
