/** A training whose first update never ends in practice. Prints when it begins. */

import { writeSync } from "node:fs";
import { PPOTrainer, useBackend } from "../../src/index.js";
import { interruptCallback } from "../../src/node/index.js";

await useBackend("wasm");
const trainer = new PPOTrainer({
  env: "CartPole-v1",
  numEnvs: 2,
  numSteps: 32,
  batchSize: 32,
  nEpochs: 1e6,
  seed: 3,
});
await trainer.learn({
  totalTimesteps: 64,
  callbacks: [
    interruptCallback({ print: (text) => void writeSync(1, `${text}\n`) }),
    { onRolloutEnd: () => void writeSync(1, "updating\n") },
  ],
});
