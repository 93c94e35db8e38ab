/** A small training in a run's folder, as a user would write it: started again, it resumes. Prints each step. */

import { writeSync } from "node:fs";
import { cloningFileName, writeCloningSequence } from "../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../src/datasets/cloning-source.js";
import {
  AtariCloningDataset,
  CfCActorCritic,
  CloningTrainer,
  ConvCfC,
  DQNTrainer,
  PPOTrainer,
  Random,
  type TrainerCallback,
  useBackend,
} from "../../src/index.js";
import { openRun } from "../../src/node/index.js";
import type { CheckpointCallbackOptions } from "../../src/trainers/index.js";

const [kind, path] = process.argv.slice(2);
const byTime = kind === "ppo-by-time";
const saving: Omit<CheckpointCallbackOptions, "savePath"> = {
  ...(byTime ? { everyMinutes: 0.001 } : { saveFreq: kind === "cloning" ? 3 : 50 }),
  keepLast: 2,
  keepBest: 1,
};
const printSteps: TrainerCallback = {
  last: true,
  onStep: ({ globalStep }) => void writeSync(1, `${globalStep}\n`),
};

await useBackend("wasm");
const run = await openRun(path, { table: false, config: { kind } });
const learning = { logger: run.logger, callbacks: [run.checkpoints(saving), printSteps] };
if (kind === "dqn") {
  const trainer = run.resumeFrom
    ? await DQNTrainer.resume(run.resumeFrom)
    : new DQNTrainer({
        env: "CartPole-v1",
        numEnvs: 2,
        learningStarts: 40,
        capacity: 300,
        batchSize: 16,
        prioritized: { alpha: 0.6 },
        nStep: 3,
        stepsPerIteration: 50,
        saveReplayMemory: true,
        seed: 3,
      });
  await trainer.learn({ totalTimesteps: 600, ...learning });
  await trainer.close();
} else if (kind === "cloning") {
  const dataset = await bars();
  const trainer = run.resumeFrom
    ? await CloningTrainer.resume(run.resumeFrom, { dataset })
    : new CloningTrainer({
        dataset,
        model: new ConvCfC({
          numActions: 4,
          observationShape: [36, 36, 4],
          filters: [2, 3, 3, 4],
          units: 6,
          seed: 2,
        }),
        batchSize: 3,
        learningRate: "lin_1e-2",
        seed: 5,
      });
  await trainer.learn({ epochs: 10, ...learning });
  await trainer.close();
} else {
  const trainer = run.resumeFrom
    ? await PPOTrainer.resume(run.resumeFrom)
    : new PPOTrainer({
        env: "CartPoleNoVel-v1",
        numEnvs: 2,
        numSteps: 32,
        batchSize: 32,
        nEpochs: 2,
        learningRate: "lin_1e-3",
        seed: 3,
        model: (spaces) =>
          new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 8, hiddenUnits: [], seed: 4 }),
      });
  await trainer.learn({ totalTimesteps: 64 * 12, ...learning });
  await trainer.close();
}
run.close();

// Frames with a bright bar at one of four places; the expert's action is the place.
async function bars(): Promise<AtariCloningDataset> {
  const random = new Random(11);
  const source = new MemoryCloningSource();
  for (let i = 0; i < 10; i++) {
    const places = Array.from({ length: 4 }, () => random.integer(4));
    const observations = new Uint8Array(4 * 36 * 36 * 4);
    for (const [step, place] of places.entries()) {
      for (let row = 0; row < 36; row++) {
        const start = ((step * 36 + row) * 36 + place * 9) * 4;
        observations.fill(255, start, start + 36);
      }
    }
    const sequence = { observations, actions: Int32Array.from(places), shape: [36, 36, 4] };
    await source.write(cloningFileName("train", i), writeCloningSequence(sequence));
  }
  return AtariCloningDataset.open(source);
}
