/**
 * Speed of PPO: environment steps per second of whole training; one minibatch of the guide's network; and whole updates
 * on real Atari, rollout and training, alternating with the same in PyTorch.
 *
 * `npm run bench -- ppo [seconds for each training] [turns on Atari]`
 */

import {
  Adam,
  arcadeBreakoutPPO,
  Box,
  ConvCfCActorCritic,
  cartPoleNoVelPPO,
  cartPolePPO,
  cleanrlAtariPPO,
  Discrete,
  PPOTrainer,
  Random,
  RolloutBuffer,
  rllibAtariPPO,
  smallAtariPPO,
  useBackend,
} from "../src/index.js";
import { actionDistribution } from "../src/losses/index.js";
import type { ActorCritic } from "../src/models/index.js";
import { registerAtari } from "../src/node/index.js";
import { ppoDefaults } from "../src/trainers/index.js";
import { PPOUpdate } from "../src/trainers/ppo/ppo-update.js";
import type { BenchmarkResult } from "./run.js";
import { alternate, type Contender, type Measurement, ratios, summarize } from "./support/alternate.js";
import { startPyTorch } from "./support/peer.js";

const trainings = [
  { name: "cartPole", preset: cartPolePPO, env: "CartPole-v1" },
  { name: "noVelCfC", preset: cartPoleNoVelPPO, env: "CartPoleNoVel-v1" },
  { name: "arcadeFeatures", preset: arcadeBreakoutPPO, env: "Arcade/Breakout-v0" },
  { name: "arcadeSmall", preset: smallAtariPPO, env: "Arcade/Breakout-v0" },
];

const game = "BreakoutNoFrameskip-v4";
const stepsOfUpdate = 8 * 128;

/** Runs the measurements. */
export async function run([length = "15", turns = "5"]: string[] = []): Promise<BenchmarkResult> {
  const result: BenchmarkResult = { rows: [], metrics: {} };
  await useBackend("wasm", { accelerator: false });
  if (Number(length) > 0) await trainEach(Number(length), result);
  if (Number(turns) > 0) await compareOnAtari(Number(turns), result);
  return result;
}

async function trainEach(seconds: number, { rows, metrics }: BenchmarkResult): Promise<void> {
  for (const { name, preset, env } of trainings) {
    const trainer = new PPOTrainer({ ...preset, env, seed: 0 });
    await trainer.learn({ totalTimesteps: 1 }); // compiles
    const first = trainer.numTimesteps;
    const began = performance.now();
    await trainer.learn({ hours: seconds / 3600 });
    const speed = (trainer.numTimesteps - first) / ((performance.now() - began) / 1000);
    rows.push({ what: `${name}: training`, unit: "env steps/s", value: Math.round(speed) });
    metrics[`${name}StepsPerSecond`] = Math.round(speed);
    await trainer.close();
  }
  const milliseconds = await documentMinibatch();
  rows.push({
    what: "guide's network, one minibatch of 500 frames",
    unit: "ms",
    value: Math.round(milliseconds),
  });
  metrics.documentMinibatchMs = Math.round(milliseconds);
}

// Eight games in this process, 16 minibatches of 256 frames.
async function compareOnAtari(turns: number, { rows, metrics }: BenchmarkResult): Promise<void> {
  await registerAtari();
  const peer = await startPyTorch("ppo.py");
  const contenders: Record<string, Contender> = {};
  const trainers: PPOTrainer[] = [];
  for (const accelerator of [false, true]) {
    const { accelerator: choice } = await useBackend("wasm", { accelerator });
    if (accelerator && choice?.name === "none") break;
    const trainer = new PPOTrainer({ ...cleanrlAtariPPO, env: game, seed: 1 });
    trainers.push(trainer);
    contenders[accelerator ? `ncps-ts, ${choice?.name}` : "ncps-ts"] = async () => {
      await useBackend("wasm", { accelerator });
      return oneUpdate(trainer);
    };
  }
  if (peer) contenders[peer.name] = () => peer.run({ env: game, threads: 1 });
  const results = await alternate<string>(contenders, turns);
  for (const trainer of trainers) await trainer.close();
  peer?.close();
  for (const [name, measurements] of Object.entries(results)) {
    const { best } = summarize(measurements.map(({ wall }) => wall));
    const ratio = peer && ratios(measurements, results[peer.name], "wall");
    rows.push({
      what: `${game}, update of ${name}`,
      unit: "env steps/s",
      value: Math.round((1000 * stepsOfUpdate) / best),
      "x time of PyTorch": ratio ? Number(ratio.median.toPrecision(3)) : "",
      quartiles: ratio ? ratio.quartiles.map((value) => value.toPrecision(3)).join(" - ") : "",
    });
    const key = `atari_${name.replace(/\W+/g, "_")}`;
    metrics[`${key}_steps_per_second`] = Math.round((1000 * stepsOfUpdate) / best);
    if (ratio) metrics[`${key}_ratio`] = Number(ratio.median.toPrecision(3));
  }
}

async function oneUpdate(trainer: PPOTrainer): Promise<Measurement> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await trainer.learn({ totalTimesteps: stepsOfUpdate });
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
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
