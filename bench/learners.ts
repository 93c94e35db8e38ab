/**
 * Minibatches of 256 frames in PPO's update of the Nature network (4 per rollout of 8 x 128 frames) with one
 * learner and with several, alternating, and one such minibatch in PyTorch and tfjs-node on as many threads.
 *
 * `npm run bench -- learners [turns] [learners] [minibatches of a rollout]`
 */

import "../src/node/index.js";
import { Adam, Box, Discrete, NatureActorCritic, Random, RolloutBuffer, useBackend } from "../src/index.js";
import { actionDistribution } from "../src/losses/index.js";
import { type PPOHyperparameters, ppoDefaults } from "../src/trainers/index.js";
import type { LearnerGroup } from "../src/trainers/ppo/learners/learner-group.js";
import { makeLearners } from "../src/trainers/ppo/learners/make-learners.js";
import { shareRollout } from "../src/trainers/ppo/learners/shared-rollout.js";
import { PPOUpdate } from "../src/trainers/ppo/ppo-update.js";
import type { BenchmarkResult } from "./run.js";
import { alternate, type Contender, type Measurement, ratios, summarize } from "./support/alternate.js";
import { startPyTorch, startTfjsNode } from "./support/peer.js";

const batch = 256;
const observationSpace = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" });
const actionSpace = new Discrete(4);
const coefficients = { learningRate: 2.5e-4, clipRange: 0.1, clipRangeVf: 0.1, entCoef: 0.01, klCoef: 0 };

/** Measures the updates, alternating. */
export async function run([turns = "10", most = "2", count = "4"]: string[]): Promise<BenchmarkResult> {
  const contenders: Record<string, Contender> = {};
  const groups: LearnerGroup[] = [];
  const minibatches = Number(count);
  for (const accelerator of [false, true]) {
    const { accelerator: choice } = await useBackend("wasm", { accelerator });
    if (accelerator && choice?.name === "none") {
      console.error(choice.reason);
      break;
    }
    const suffix = choice?.version ? `, ${choice.name} ${choice.version}` : "";
    for (const learners of [1, Number(most)]) {
      const { update, group } = await makeUpdate(learners, minibatches);
      if (group) groups.push(group);
      contenders[`${learners} learner${learners > 1 ? "s" : ""}${suffix}`] = async () => {
        await useBackend("wasm", { accelerator });
        return measuredMinibatch(update, minibatches);
      };
    }
  }
  const [peer, node] = [await startPyTorch(), await startTfjsNode(Number(most))];
  const theirs = { kind: "nature", batch, actions: 4 };
  if (node) contenders[`${node.name}, ${most} threads`] = () => node.run(theirs);
  if (peer) {
    contenders[`${peer.name}, 1 thread`] = () => peer.run(theirs);
    contenders[`${peer.name}, ${most} threads`] = () => peer.run({ ...theirs, threads: Number(most) });
  }
  const results = await alternate<string>(contenders, Number(turns));
  for (const group of groups) await group.close();
  node?.close();
  peer?.close();
  return tabulate(results, peer?.name, most);
}

async function makeUpdate(
  learners: number,
  minibatches: number,
): Promise<{ update: () => Promise<unknown>; group?: LearnerGroup }> {
  const random = new Random(1);
  const model = new NatureActorCritic({ observationSpace, actionSpace, seed: 0 });
  const optimizer = new Adam({ epsilon: 1e-5 });
  const distribution = actionDistribution(actionSpace);
  const hyperparameters: PPOHyperparameters = { ...ppoDefaults, nEpochs: 1, batchSize: batch, learners };
  const options = {
    numEnvs: 8,
    numSteps: (batch * minibatches) / 8,
    observationShape: observationSpace.shape,
    observationDtype: "uint8",
    distributionSize: model.distributionSize,
  } as const;
  const rollout = learners > 1 ? shareRollout(options) : undefined;
  const buffer = rollout?.buffer ?? new RolloutBuffer(options);
  for (let i = 0; i < buffer.observations.length; i++) buffer.observations[i] = random.uint32() & 255;
  buffer.logProbs.fill(Math.log(0.25));
  for (const values of [buffer.advantages, buffer.returns]) {
    for (let i = 0; i < values.length; i++) values[i] = random.normal();
  }
  const parts = { model, optimizer, distribution, hyperparameters };
  const group = rollout && makeLearners({ ...parts, rollout, observationSpace, actionSpace });
  await group?.begin(); // the threads use the installed accelerator
  const update = new PPOUpdate({ ...parts, random, learners: group });
  return { update: () => update.run(buffer, coefficients), group };
}

async function measuredMinibatch(update: () => Promise<unknown>, minibatches: number): Promise<Measurement> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await update();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall: wall / minibatches, cpu: (user + system) / 1000 / minibatches };
}

function tabulate(
  results: Record<string, Measurement[]>,
  peer: string | undefined,
  most: string,
): BenchmarkResult {
  const result: BenchmarkResult = { rows: [], metrics: {} };
  for (const [name, measurements] of Object.entries(results)) {
    const wall = summarize(measurements.map((measurement) => measurement.wall));
    const [learners, suffix = ""] = name.split(/ learners?/);
    const row: Record<string, string | number> = {
      minibatch: name,
      "best ms": rounded(wall.best),
      "median ms": rounded(wall.median),
      quartiles: wall.quartiles.map(rounded).join(" - "),
      "processor ms": rounded(summarize(measurements.map(({ cpu }) => cpu)).median),
      "x faster than 1": "",
      [`x PyTorch, ${most} threads`]: "",
    };
    const key = name.replace(/\W+/g, "_");
    result.metrics[`${key}_ms`] = rounded(wall.median);
    if (learners === most) {
      const gain = ratios(results[`1 learner${suffix}`], measurements, "wall").median;
      row["x faster than 1"] = rounded(gain);
      result.metrics[`${key}_gain`] = rounded(gain);
    }
    if (peer) {
      const ratio = ratios(measurements, results[`${peer}, ${most} threads`], "wall").median;
      row[`x PyTorch, ${most} threads`] = rounded(ratio);
      result.metrics[`${key}_ratio`] = rounded(ratio);
    }
    result.rows.push(row);
  }
  return result;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
