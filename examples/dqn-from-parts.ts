/** Double DQN on CartPole, put together from the library's parts. Run `node --import tsx examples/dqn-from-parts.ts`. */

import * as tf from "@tensorflow/tfjs-core";
import { Adam, type Discrete, MlpQNetwork, makeVecEnv, Random, ReplayMemory, useBackend } from "ncps-ts";
import { DQNLoss, tdTargets } from "ncps-ts/losses";
import type { ReplayBatch } from "ncps-ts/memory";
import { updateTarget } from "ncps-ts/models";
import { type ArrayInput, compile, readMetrics, type TracedInputs } from "ncps-ts/optimizers";

await useBackend();
const random = new Random(0);
const [totalTimesteps, learningStarts, batchSize] = [50_000, 1000, 128];
const env = makeVecEnv("CartPole-v1", { numEnvs: 1 });
const { observationSpace } = env;
const actionSpace = env.actionSpace as Discrete;
const { shape: observationShape, dtype: observationDtype } = observationSpace;
const made = { observationSpace, actionSpace, hiddenUnits: [256, 256], seed: 0 };
const [model, target] = [new MlpQNetwork(made), new MlpQNetwork(made)];
const memory = new ReplayMemory({ capacity: 50_000, observationShape, observationDtype, nStep: 3 });
const [optimizer, dqnLoss] = [new Adam(), new DQNLoss()];
const inputs = (values: ReplayBatch["observations"], size: number) =>
  tf.tensor(values, [size, ...observationShape]);

async function act(observation: ReplayBatch["observations"], epsilon: number): Promise<number> {
  if (random.uniform() < epsilon) return random.integer(actionSpace.n);
  const { q } = await readMetrics(tf.tidy(() => ({ q: model.apply(inputs(observation, 1)) })));
  return q.indexOf(Math.max(...q));
}

type Column = "observations" | "actions" | "rewards" | "nextObservations" | "discounts";
type Inputs = TracedInputs<Record<Column, ArrayInput> & { learningRate: number }>;

function loss({ observations, actions, rewards, nextObservations, discounts }: Inputs): tf.Scalar {
  const targets = tdTargets({
    rewards: rewards as tf.Tensor1D,
    discounts: discounts as tf.Tensor1D,
    targetQ: target.apply(nextObservations),
    onlineQ: model.apply(nextObservations), // double: the trained network chooses, the target network judges
  });
  return dqnLoss.apply({ q: model.apply(observations), actions: actions as tf.Tensor1D, targets }).loss;
}
// Traced at its first call; later calls are one call into WebAssembly. Without compile it computes the same.
const gradientStep = compile((inputs: Inputs) => {
  const { learningRate } = inputs;
  return optimizer.minimize(() => loss(inputs), model.variables, { learningRate, maxGradNorm: 10 });
});

let { observations } = await env.reset({ seed: 0 });
memory.start(0, observations);
const returns: number[] = [];
for (let t = 0; t < totalTimesteps; t++) {
  const epsilon = Math.max(0.04, 1 - t / 10_000);
  const action = await act(observations, epsilon);
  const step = await env.step([action]);
  const [terminated, truncated] = [step.terminated[0], step.truncated[0]];
  const nextObservation = step.finalObservations[0] ?? step.observations;
  memory.add(0, { action, reward: step.rewards[0], nextObservation, terminated, truncated });
  observations = step.observations.slice();
  if (terminated || truncated) {
    memory.start(0, observations);
    returns.push((step.infos[0].episode as { return: number }).return);
  }
  if (t >= learningStarts && t % 2 === 0) {
    const batch = memory.sample(batchSize, random);
    await gradientStep.read({
      observations: { values: batch.observations, shape: [batchSize, ...observationShape] },
      nextObservations: { values: batch.nextObservations, shape: [batchSize, ...observationShape] },
      actions: { values: batch.actions, shape: [batchSize] },
      rewards: { values: batch.rewards, shape: [batchSize] },
      discounts: { values: batch.discounts, shape: [batchSize] },
      learningRate: 1e-3 * (1 - t / totalTimesteps),
    });
    if (t % 400 === 0) updateTarget(model, target);
  }
  if (t % 5000 === 4999) {
    const last = returns.slice(-20);
    console.log(`${t + 1} steps: mean return ${(last.reduce((a, b) => a + b, 0) / last.length).toFixed(1)}`);
  }
}
await env.close();
