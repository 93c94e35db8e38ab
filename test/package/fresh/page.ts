// A page of a project that installed the package; no configuration of any bundler.
import { cartPolePPO, PPOTrainer, useBackend } from "ncps-ts";

async function train() {
  const { name, rejected } = await useBackend();
  const trainer = new PPOTrainer({
    ...cartPolePPO,
    ...{ env: "CartPole-v1", seed: 0, numEnvs: 4, numSteps: 32, batchSize: 64, nEpochs: 2 },
  });
  await trainer.learn({ totalTimesteps: 256 });
  const steps = trainer.numTimesteps;
  await trainer.close();
  return { name, steps, rejected: rejected.map((backend) => backend.name) };
}

Object.assign(globalThis, { train });
