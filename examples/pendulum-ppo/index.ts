/**
 * Continuous control: PPO learns to swing a pendulum up and to hold it there by a torque. Takes about a minute:
 *
 *     npx tsx examples/pendulum-ppo/index.ts [--seed 0] [--steps 200000]
 */

import { parseArgs } from "node:util";
import { evaluatePolicy, Logger, makeVecEnv, PPOTrainer, pendulumPPO, TableSink, useBackend } from "ncps-ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "0" }, steps: { type: "string", default: "200000" } },
});

await useBackend();
const trainer = new PPOTrainer({ ...pendulumPPO, env: "Pendulum-v1", seed: Number(values.seed) });
const env = makeVecEnv("Pendulum-v1", { numEnvs: 20 });

async function report(when: string): Promise<void> {
  const { meanReward, stdReward } = await evaluatePolicy(trainer, env, { numEpisodes: 100, seed: 1000 });
  console.log(`${when}: mean return of 100 episodes ${meanReward.toFixed(1)} ± ${stdReward.toFixed(1)}`);
}

await report("before training");
await trainer.learn({
  totalTimesteps: Number(values.steps),
  logger: new Logger([new TableSink()]),
  logInterval: 10,
});
await report("after training");

await env.close();
await trainer.close();
