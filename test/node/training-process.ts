/** A training in a run's folder, as a user would write it: started again, it resumes. Prints each step. */

import { writeSync } from "node:fs";
import { PPOTrainer, useBackend } from "../../src/index.js";
import { interruptCallback, openRun } from "../../src/node/index.js";

const [path, restartBehavior = "resume"] = process.argv.slice(2);
const options = {
  env: "CartPole-v1",
  numEnvs: 2,
  numSteps: 32,
  batchSize: 32,
  nEpochs: 2,
  learningRate: "lin_1e-3",
  seed: 3,
};

await useBackend("wasm");
const run = await openRun(path, {
  restartBehavior: restartBehavior as "resume",
  config: { seed: 3 },
  table: false,
});
const trainer = run.resumeFrom ? await PPOTrainer.resume(run.resumeFrom) : new PPOTrainer(options);
writeSync(1, `from ${trainer.numTimesteps}\n`);
await trainer.learn({
  totalTimesteps: 64 * 12,
  logger: run.logger,
  callbacks: [
    interruptCallback(),
    run.checkpoints({ saveFreq: 50, keepLast: 2 }),
    { last: true, onStep: ({ numTimesteps }) => void writeSync(1, `${numTimesteps}\n`) },
  ],
});
writeSync(1, `ended at ${trainer.numTimesteps}\n`);
await trainer.close();
