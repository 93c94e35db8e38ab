/** PPO on CartPole, put together from the library's parts. Run `node --import tsx examples/ppo-from-parts.ts`. */

import * as tf from "@tensorflow/tfjs-core";
import { Adam, MlpActorCritic, makeVecEnv, Random, RolloutBuffer, useBackend } from "ncps-ts";
import { actionDistribution, ClippedPPOLoss, ClippedValueLoss, GAE, standardize } from "ncps-ts/losses";
import { type ArrayInput, compile, readMetrics, type TracedInputs } from "ncps-ts/optimizers";

await useBackend();
const random = new Random(0);
const [numEnvs, numSteps, totalTimesteps] = [8, 32, 102_400];
const env = makeVecEnv("CartPole-v1", { numEnvs });
const { observationSpace, actionSpace } = env;
const model = new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [64, 64], seed: 0 });
const [{ distributionSize }, policy] = [model, actionDistribution(actionSpace)];
const { shape: observationShape, dtype: observationDtype } = observationSpace;
const buffer = new RolloutBuffer({ numEnvs, numSteps, observationShape, observationDtype, distributionSize });
const [optimizer, gae] = [new Adam({ epsilon: 1e-5 }), new GAE({ gamma: 0.98, lambda: 0.8 })];
const [policyLoss, valueLoss] = [new ClippedPPOLoss(), new ClippedValueLoss({ kind: "none" })];

const forward = (x: typeof observations) =>
  readMetrics(tf.tidy(() => ({ ...model.apply(tf.tensor(x, [numEnvs, 1, ...observationShape])) })));

const columns = ["actions", "logProbs", "advantages", "returns"] as const;
type Column = "observations" | (typeof columns)[number];
type Inputs = Record<Column, ArrayInput> & { clipRange: number; learningRate: number };
// Traced at its first call; after that a step is one call into WebAssembly. Without compile it computes the same.
const gradientStep = compile(({ clipRange, learningRate, ...batch }: TracedInputs<Inputs>) => {
  const { observations, actions, logProbs: oldLogProb, advantages, returns } = batch;
  const loss = () => {
    const { distribution, values } = model.apply(observations);
    const logProb = policy.of(distribution).logProb(actions);
    const surrogate = policyLoss.apply({ logProb, oldLogProb, advantages, clipRange });
    return tf.add(surrogate.loss, tf.mul(valueLoss.apply({ values, returns }), 0.5)) as tf.Scalar;
  };
  return optimizer.minimize(loss, model.variables, { learningRate, maxGradNorm: 0.5 });
});

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
  const rates = { learningRate: 1e-3 * remaining, clipRange: 0.2 * remaining };
  for (let epoch = 0; epoch < 20; epoch++) {
    for (const minibatch of buffer.minibatches({ batchSize: 256, random })) {
      standardize(minibatch.advantages, { ddof: 1 });
      const shape = [minibatch.batch, minibatch.time];
      const observations = { values: minibatch.observations, shape: [...shape, ...observationShape] };
      const grids = columns.map((name) => [name, { values: minibatch[name], shape }]);
      await gradientStep.read({ observations, ...Object.fromEntries(grids), ...rates });
    }
  }
  buffer.reset();
  if (steps % 10_240 > 0) continue;
  const last = returns.slice(-100);
  console.log(`${steps} steps: mean return ${(last.reduce((a, b) => a + b, 0) / last.length).toFixed(1)}`);
}
await env.close();
