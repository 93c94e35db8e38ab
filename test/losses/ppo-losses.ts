/** A short PPO training for the comparison of backends. */

import { MemoryCheckpointStore } from "../../src/checkpoints/index.js";
import { cartPolePPO, PPOTrainer } from "../../src/trainers/index.js";

const options = {
  ...cartPolePPO,
  env: "CartPole-v1",
  seed: 3,
  numEnvs: 4,
  numSteps: 16,
  batchSize: 32,
  nEpochs: 2,
};

/** Losses of three updates on CartPole on the active backend, with a checkpoint round trip after the second. */
export async function ppoLosses(): Promise<number[]> {
  const losses: number[] = [];
  const callbacks = [
    {
      onUpdateEnd: (_: unknown, row: Record<string, unknown>) =>
        void losses.push(row["train/loss"] as number),
    },
  ];
  const first = new PPOTrainer(options);
  await first.learn({ totalTimesteps: 2 * 64, callbacks });
  const location = { store: new MemoryCheckpointStore(), name: "second" };
  await first.save(location);
  await first.close();
  const second = await PPOTrainer.load(location, options);
  await second.learn({ totalTimesteps: 64, callbacks });
  await second.close();
  return losses;
}
