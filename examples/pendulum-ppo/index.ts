/**
 * Continuous control: PPO learns to swing a pendulum up and to hold it there by a torque. Takes about a minute:
 *
 *     node --import tsx examples/pendulum-ppo/index.ts [--help]
 */

import { evaluatePolicy, makeVecEnv, PPOTrainer, pendulumPPO, useBackend } from "ncps-ts";
import { Logger, TableSink } from "ncps-ts/logging";
import { commandLine } from "../support/run-example.js";

const usage = `PPO swings a pendulum up

  node --import tsx examples/pendulum-ppo/index.ts [options]

  --seed N    seed of everything random (default 0)
  --steps N   environment steps (default 200000)
  --help      this text`;
const { seed, steps } = commandLine(usage, (given) => ({
  seed: given.whole("seed", 0),
  steps: given.whole("steps", 200_000, 1),
}));

await useBackend();
const trainer = new PPOTrainer({ ...pendulumPPO, env: "Pendulum-v1", seed });
const env = makeVecEnv("Pendulum-v1", { numEnvs: 20 });

async function report(when: string): Promise<void> {
  const { meanReturn, stdReturn } = await evaluatePolicy(trainer, env, { numEpisodes: 100, seed: 1000 });
  console.log(`${when}: mean return of 100 episodes ${meanReturn.toFixed(1)} ± ${stdReturn.toFixed(1)}`);
}

await report("before training");
await trainer.learn({
  totalTimesteps: steps,
  logger: new Logger([new TableSink()]),
  logInterval: 10,
});
await report("after training");

await env.close();
await trainer.close();
