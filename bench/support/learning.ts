/** Training of presets over several seeds, and evaluation of the results. */

import { type DQNTrainer, evaluatePolicy, makeVecEnv, type PPOTrainer } from "../../src/index.js";

/** A preset on its environment. */
export interface Task {
  /** Name in the table. */
  name: string;
  /** Prefix of the names of its metrics. */
  key: string;
  /** Id of the environment. */
  env: string;
  /** Makes the trainer for a seed. */
  make: (seed: number) => PPOTrainer | DQNTrainer;
  /** Number of environment steps, default 100 000. */
  totalTimesteps?: number;
  /** Mean return of the last 100 episodes; the step at which it is reached is reported. */
  window: number;
  /** Whether a mean return over 100 games counts as solved. */
  solved: (mean: number) => boolean;
}

/**
 * Trains every task for its seeds and evaluates 100 whole games with the most probable actions.
 *
 * @param seeds number of seeds of each task, from `firstSeed` on
 */
export async function learnTasks(tasks: readonly Task[], seeds: readonly number[], firstSeed: number) {
  const rows: Record<string, string | number>[] = [];
  const metrics: Record<string, number> = {};
  for (const [i, task] of tasks.entries()) {
    const { name, key, env, make, totalTimesteps = 100_000, window, solved } = task;
    let passed = 0;
    let steps = 0;
    let seconds = 0;
    for (let seed = firstSeed; seed < firstSeed + seeds[i]; seed++) {
      const began = performance.now();
      const trainer = make(seed);
      let reached = Number.NaN;
      await trainer.learn({
        totalTimesteps,
        callbacks: [
          {
            onUpdateEnd({ meanReturn, numEpisodes, numTimesteps }) {
              if (Number.isNaN(reached) && numEpisodes >= 100 && meanReturn >= window) reached = numTimesteps;
            },
          },
        ],
      });
      const spent = (performance.now() - began) / 1000;
      const evaluation = makeVecEnv(env, { numEnvs: 20 });
      const { meanReturn, stdReturn } = await evaluatePolicy(trainer, evaluation, {
        numEpisodes: 100,
        seed: 1000 + seed,
      });
      await evaluation.close();
      if (solved(meanReturn)) passed++;
      steps += trainer.numTimesteps;
      seconds += spent;
      rows.push({
        task: name,
        seed,
        "mean of 100": meanReturn.toFixed(1),
        std: stdReturn.toFixed(1),
        "window of 100 >= 475 or -250 at": Number.isNaN(reached) ? "-" : reached,
        "steps/s": Math.round(trainer.numTimesteps / spent),
        seconds: spent.toFixed(1),
        ok: solved(meanReturn) ? "yes" : "NO",
      });
      console.error(JSON.stringify(rows.at(-1)));
      await trainer.close();
    }
    metrics[`${key}Passed`] = passed;
    metrics[`${key}Seeds`] = seeds[i];
    metrics[`${key}StepsPerSecond`] = Math.round(steps / Math.max(seconds, 1e-9));
  }
  return { rows, metrics };
}
