/**
 * CartPole-v1 solved: every seed is trained with `cartPolePPO` for a number of steps, and then plays 100 whole games
 * with the most probable actions; 475 points are a pass. Seconds are wall time of training alone.
 *
 * `npm run bench -- cartpole [seeds] [steps] [first seed]`
 */

import { cartPolePPO, evaluatePolicy, makeVecEnv, PPOTrainer, useBackend } from "../src/index.js";
import type { BenchmarkResult } from "./run.js";

/** Trains and evaluates every seed. */
export async function run([seeds = "10", steps = "50000", first = "0"]: string[]): Promise<BenchmarkResult> {
  await useBackend();
  const rows: BenchmarkResult["rows"] = [];
  const means: number[] = [];
  const times: number[] = [];
  for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
    const trainer = new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed });
    const began = performance.now();
    await trainer.learn({ totalTimesteps: Number(steps) });
    const seconds = (performance.now() - began) / 1000;
    const games = makeVecEnv("CartPole-v1", { numEnvs: 20 });
    const { meanReturn, stdReturn } = await evaluatePolicy(trainer, games, {
      numEpisodes: 100,
      seed: 1000 + seed,
    });
    await games.close();
    await trainer.close();
    means.push(meanReturn);
    times.push(seconds);
    rows.push({
      seed,
      "mean of 100": meanReturn.toFixed(1),
      std: stdReturn.toFixed(1),
      seconds: seconds.toFixed(1),
      ok: meanReturn >= 475 ? "yes" : "NO",
    });
    console.error(JSON.stringify(rows.at(-1)));
  }
  const metrics = {
    passed: means.filter((mean) => mean >= 475).length,
    seeds: means.length,
    leastMean: Math.min(...means),
    mostSeconds: Math.max(...times),
  };
  return { rows, metrics };
}
