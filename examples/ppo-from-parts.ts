/** PPO on CartPole, assembled from the library's components. Run `node --import tsx examples/ppo-from-parts.ts`. */

import * as tf from "@tensorflow/tfjs-core";
import { Adam, MlpActorCritic, makeVecEnv, Random, RolloutBuffer, useBackend } from "ncps-ts";
import { actionDistribution, ClippedPPOLoss, ClippedValueLoss, GAE, standardize } from "ncps-ts/losses";
import type { RolloutMinibatch } from "ncps-ts/memory";
import { readMetrics } from "ncps-ts/optimizers";

await useBackend();
const random = new Random(0);
const [numEnvs, numSteps, totalTimesteps] = [8, 32, 102_400];
const env = makeVecEnv("CartPole-v1", { numEnvs });
const { observationSpace, actionSpace } = env;
const model = new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [64, 64], seed: 0 });
const { distributionSize } = model;
const policy = actionDistribution(actionSpace);
const { shape: observationShape, dtype: observationDtype } = observationSpace;
const buffer = new RolloutBuffer({ numEnvs, numSteps, observationShape, observationDtype, distributionSize });
const [optimizer, gae] = [new Adam({ epsilon: 1e-5 }), new GAE({ gamma: 0.98, lambda: 0.8 })];
const [policyLoss, valueLoss] = [new ClippedPPOLoss(), new ClippedValueLoss({ kind: "none" })];

const forward = (x: typeof observations) =>
  readMetrics(tf.tidy(() => ({ ...model.apply(tf.tensor(x, [numEnvs, 1, ...observationShape])) })));

function loss({ batch, time, ...minibatch }: RolloutMinibatch, clipRange: number) {
  const grid = (values: Float32Array) => tf.tensor2d(values, [batch, time]);
  const x = tf.tensor(minibatch.observations, [batch, time, ...observationShape]);
  const { distribution, values } = model.apply(x);
  const logProb = policy.of(distribution).logProb(grid(minibatch.actions));
  const [oldLogProb, advantages] = [grid(minibatch.logProbs), grid(minibatch.advantages)];
  const surrogate = policyLoss.apply({ logProb, oldLogProb, advantages, clipRange });
  const value = valueLoss.apply({ values, returns: grid(minibatch.returns) });
  return tf.add(surrogate.loss, tf.mul(value, 0.5)) as tf.Scalar;
}

let { observations } = await env.reset({ seed: 0 });
const returns: number[] = [];
for (let steps = 0; steps < totalTimesteps; ) {
  for (; !buffer.full; steps += numEnvs) {
    const { distribution, values } = await forward(observations);
    const sample = policy.sample(distribution, { random });
    const step = await env.step(policy.forEnv(sample.actions));
    // Where the time limit cut an episode, the value of its last observation stands for what would have followed.
    const last = step.observations.slice();
    for (const [i, final] of step.finalObservations.entries()) if (final) last.set(final, i * final.length);
    const { values: finalValues } = step.truncated.includes(1) ? await forward(last) : { values };
    buffer.add({ ...sample, ...step, observations, values, distributions: distribution, finalValues });
    observations = step.observations.slice();
    for (const { episode } of step.infos) if (episode) returns.push((episode as { return: number }).return);
  }
  buffer.finish({ lastValues: (await forward(observations)).values, gae });
  const remaining = 1 - (steps - numEnvs * numSteps) / totalTimesteps;
  for (let epoch = 0; epoch < 20; epoch++) {
    for (const minibatch of buffer.minibatches({ batchSize: 256, random })) {
      standardize(minibatch.advantages, { ddof: 1 });
      const options = { learningRate: 1e-3 * remaining, maxGradNorm: 0.5 };
      tf.dispose(optimizer.minimize(() => loss(minibatch, 0.2 * remaining), model.variables, options));
    }
  }
  buffer.reset();
  if (steps % 10_240 === 0) {
    const last = returns.slice(-100);
    console.log(`${steps} steps: mean return ${(last.reduce((a, b) => a + b, 0) / last.length).toFixed(1)}`);
  }
}
await env.close();
