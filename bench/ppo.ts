/**
 * Speed of PPO: environment steps a second of whole training, and one minibatch of the guide's network.
 *
 * `npm run bench -- ppo [seconds for each training]`
 */

import {
  type ActorCritic,
  Adam,
  actionDistribution,
  arcadeBreakoutPPO,
  Box,
  ConvCfCActorCritic,
  cartPoleNoVelPPO,
  cartPolePPO,
  Discrete,
  PPOTrainer,
  ppoDefaults,
  Random,
  RolloutBuffer,
  rllibAtariPPO,
  smallAtariPPO,
  useBackend,
} from "../src/index.js";
import { PPOUpdate } from "../src/trainers/ppo-update.js";

const trainings = [
  { name: "cartPole", preset: cartPolePPO, env: "CartPole-v1" },
  { name: "noVelCfC", preset: cartPoleNoVelPPO, env: "CartPoleNoVel-v1" },
  { name: "arcadeFeatures", preset: arcadeBreakoutPPO, env: "Arcade/Breakout-v0" },
  { name: "arcadeSmall", preset: smallAtariPPO, env: "Arcade/Breakout-v0" },
];

export async function run(args: string[] = []) {
  await useBackend();
  const seconds = Number(args[0] ?? 15);
  const rows: Record<string, string | number>[] = [];
  const figures: Record<string, number> = {};
  for (const { name, preset, env } of trainings) {
    const trainer = new PPOTrainer({ ...preset, env, seed: 0 });
    await trainer.learn({ totalTimesteps: 1 }); // compiles
    const first = trainer.numTimesteps;
    const began = performance.now();
    await trainer.learn({ hours: seconds / 3600 });
    const speed = (trainer.numTimesteps - first) / ((performance.now() - began) / 1000);
    rows.push({ what: `${name}: training`, unit: "env steps/s", value: Math.round(speed) });
    figures[`${name}StepsPerSecond`] = Math.round(speed);
    await trainer.close();
  }
  const milliseconds = await documentMinibatch();
  rows.push({
    what: "guide's network, one minibatch of 500 frames",
    unit: "ms",
    value: Math.round(milliseconds),
  });
  figures.documentMinibatchMs = Math.round(milliseconds);
  return { rows, figures };
}

// One gradient step on 25 sequences of 20 frames.
async function documentMinibatch(): Promise<number> {
  const random = new Random(0);
  const observationSpace = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" });
  const model: ActorCritic = new ConvCfCActorCritic({
    observationSpace,
    actionSpace: new Discrete(4),
    flavour: "tf",
    seed: 0,
  });
  const buffer = new RolloutBuffer({
    numEnvs: 25,
    numSteps: 20,
    observationShape: observationSpace.shape,
    observationDtype: "uint8",
    distributionSize: 4,
    stateSize: 64,
  });
  for (let i = 0; i < buffer.observations.length; i++) buffer.observations[i] = random.uint32() & 255;
  buffer.logProbs.fill(Math.log(0.25));
  const hyperparameters = { ...ppoDefaults, ...rllibAtariPPO, nEpochs: 1 } as typeof ppoDefaults;
  const optimizer = new Adam(hyperparameters.adam);
  const distribution = actionDistribution(new Discrete(4));
  const update = new PPOUpdate({ model, distribution, optimizer, random, hyperparameters });
  const coefficients = { learningRate: 5e-5, clipRange: 0.1, clipRangeVf: 10, entCoef: 0.01, klCoef: 0.5 };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    const began = performance.now();
    await update.run(buffer, coefficients);
    best = Math.min(best, performance.now() - began);
  }
  optimizer.dispose();
  model.dispose();
  return best;
}
