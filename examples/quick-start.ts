/** Trains, evaluates and saves in twenty lines. Run `node --import tsx examples/quick-start.ts`. */

import { cartPolePPO, evaluatePolicy, makeVecEnv, PPOTrainer, useBackend } from "ncps-ts";
import { Logger, TableSink } from "ncps-ts/logging";
import "ncps-ts/node";

if (process.argv.length > 2) {
  console.log("PPO on CartPole, without options: node --import tsx examples/quick-start.ts");
  process.exit(process.argv[2] === "--help" ? 0 : 1);
}

await useBackend();
const trainer = new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed: 0 });
await trainer.learn({ totalTimesteps: 100_000, logger: new Logger([new TableSink()]), logInterval: 50 });

const env = makeVecEnv("CartPole-v1", { numEnvs: 10 });
const { meanReturn, stdReturn } = await evaluatePolicy(trainer, env, { numEpisodes: 100, seed: 1 });
console.log(`mean return of 100 games: ${meanReturn} ± ${stdReturn.toFixed(1)}`);
console.log(`saved to ${await trainer.save("runs/cart-pole")}`);

await env.close();
await trainer.close();
