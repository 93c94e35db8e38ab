/** Closed-loop evaluation: a policy plays the environment that its training data came from. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import { checkSignal } from "../../core/check-signal.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import { EventLoopTurns } from "../../core/yield.js";
import type { Env } from "../../envs/env.js";
import type { Policy } from "../common/evaluate-policy.js";
import { ReportedEpisodes } from "../common/reported-episodes.js";

/** Options of {@link runClosedLoop}. */
export interface ClosedLoopOptions {
  /** Number of episodes to play; under `wrapDeepmind` an episode is a life. Default 10, unless `numGames` is given. */
  numEpisodes?: number;
  /** Number of whole games to play. */
  numGames?: number;
  /** Seed of the first game; without it the environment continues as it is. */
  seed?: number;
  /** Aborts the run, which then rejects with the signal's reason, as `fetch` does. Default none. */
  signal?: AbortSignal;
  /** Called after every episode; `false` ends the run. With `numEpisodes: Infinity` it is the only way to end it. */
  onEpisode?(episodeReturn: number, run: ClosedLoopRun): boolean | void | Promise<boolean | void>;
}

const names = optionNames<ClosedLoopOptions>({
  numEpisodes: true,
  numGames: true,
  seed: true,
  signal: true,
  onEpisode: true,
});

/** Result of {@link runClosedLoop}. */
export interface ClosedLoopRun {
  /** Return of each episode: of a life under `wrapDeepmind`, as printed in the guide. */
  returns: number[];
  /** Return of each whole game that ended, if the environment records it. */
  gameReturns: number[];
  /** Number of steps played. */
  steps: number;
}

/**
 * Lets a policy play its most probable actions. The recurrent state is carried from frame to frame, and reset whenever
 * an episode starts.
 *
 * @param policy a trainer, or `classifierPolicy(model)`
 * @param env the game, wrapped as in the training data, e.g. `wrapDeepmind(make("Arcade/Breakout-v0"))`
 * @throws InvalidArgumentError when a number is not positive, or an option is unknown
 * @throws EnvContractError when `numGames` is given, and games end that the environment does not record
 *
 * @example
 * ```ts
 * const { returns } = await runClosedLoop(trainer, env, { numEpisodes: 10 });
 * const mean = returns.reduce((sum, value) => sum + value) / returns.length;
 * console.log(`Mean return ${mean} (n=${returns.length})`);
 * ```
 */
export async function runClosedLoop(
  policy: Policy,
  env: Env,
  options: ClosedLoopOptions = {},
): Promise<ClosedLoopRun> {
  checkOptions("runClosedLoop", options, names);
  const { numGames = Number.POSITIVE_INFINITY, seed, signal, onEpisode } = options;
  checkSignal(signal);
  const { numEpisodes = options.numGames === undefined ? 10 : Number.POSITIVE_INFINITY } = options;
  for (const [name, value] of Object.entries({ numEpisodes, numGames })) {
    if (!(value > 0))
      throw new InvalidArgumentError(name, `expected a positive number, received ${showValue(value)}`);
  }
  signal?.throwIfAborted();
  const turns = new EventLoopTurns();
  const run: ClosedLoopRun = { returns: [], gameReturns: [], steps: 0 };
  let { observation } = env.reset(seed === undefined ? {} : { seed });
  let state: Float32Array | null = null;
  let total = 0;
  const reported = new ReportedEpisodes(1);
  while (run.returns.length < numEpisodes && run.gameReturns.length < numGames) {
    const prediction = await policy.predict(observation, { state, deterministic: true });
    const step = env.step(prediction.action);
    ({ observation } = step);
    ({ state } = prediction);
    total += step.reward;
    run.steps++;
    if (turns.due) await turns.give();
    signal?.throwIfAborted();
    if (!step.terminated && !step.truncated) continue;
    run.returns.push(total);
    if (numEpisodes === Number.POSITIVE_INFINITY && numGames < numEpisodes) {
      reported.check(0, true, step.info.episode !== undefined);
    }
    if (step.info.episode) run.gameReturns.push(step.info.episode.return);
    if ((await onEpisode?.(total, run)) === false) break;
    ({ observation } = env.reset());
    state = null;
    total = 0;
  }
  return run;
}
