/** Twenty updates of small networks, made of the library's own layers, losses and optimizers. */

import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { numbers } from "../../packages/tfjs-training/test/compare.js";
import { Random } from "../../src/core/random.js";
import { sizeOf } from "../../src/core/state.js";
import { Categorical, ClippedPPOLoss, ClippedValueLoss } from "../../src/losses/index.js";
import type { ActorCritic } from "../../src/models/actor-critic.js";
import { ConvCfCActorCritic, MlpActorCritic, NatureActorCritic } from "../../src/models/index.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** How many updates each network makes. */
export const updates = 20;

const batch = 2;
const actionSpace = new Discrete(4);
const frames = (size: number) => new Box({ low: 0, high: 255, shape: [size, size, 4], dtype: "uint8" });

const models: Record<string, () => ActorCritic> = {
  "Nature CNN": () => new NatureActorCritic({ observationSpace: frames(36), actionSpace, seed: 1 }),
  "convolutions and CfC": () =>
    new ConvCfCActorCritic({
      observationSpace: frames(16),
      actionSpace,
      seed: 2,
      units: 16,
      filters: [8, 16],
    }),
  MLP: () =>
    new MlpActorCritic({
      observationSpace: new Box({ low: -1, high: 1, shape: [6] }),
      actionSpace,
      seed: 3,
    }),
};

/** Names of the networks. */
export const trainingCases = Object.keys(models);

/** Trains a network on the active backend; returns the loss of each update. Reads nothing synchronously. */
export async function runTraining(name: string): Promise<number[]> {
  const model = models[name]();
  const time = model.stateSize > 0 ? 3 : 1;
  const optimizer = new Adam({ epsilon: 1e-5 });
  const [policyLoss, valueLoss] = [new ClippedPPOLoss(), new ClippedValueLoss()];
  const random = new Random(7);
  const grid = (seed: number, scale = 1) =>
    tf.mul(tf.tensor2d(numbers([batch, time], seed), [batch, time]), scale) as tf.Tensor2D;
  const losses: number[] = [];
  let kept = 0;
  for (let update = 0; update < updates; update++) {
    const shape = [batch, time, ...model.observationShape];
    const isFrame = model.observationShape.length === 3;
    const observations = Float32Array.from({ length: sizeOf(shape) }, () =>
      isFrame ? random.integer(256) : random.uniform(-1, 1),
    );
    const resets = Float32Array.from({ length: batch * time }, () => (random.uniform(0, 1) < 0.3 ? 1 : 0));
    const actions = Float32Array.from({ length: batch * time }, () => random.integer(4));
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const output = model.apply(tf.tensor(observations, shape), {
          state: model.stateSize > 0 ? tf.zeros([batch, model.stateSize]) : undefined,
          resets: tf.tensor2d(resets, [batch, time]),
        });
        const policy = new Categorical(output.distribution);
        const surrogate = policyLoss.apply({
          logProb: policy.logProb(tf.tensor2d(actions, [batch, time])),
          oldLogProb: tf.sub(grid(update, 0.1), Math.log(4)),
          advantages: grid(100 + update),
          clipRange: 0.2,
        });
        const value = valueLoss.apply({
          values: output.values,
          oldValues: grid(200 + update),
          returns: grid(300 + update),
          clipRange: 0.2,
        });
        const entropy = tf.mean(policy.entropy());
        return tf.sub(tf.add(surrogate.loss, tf.mul(value, 0.5)), tf.mul(entropy, 0.01)) as tf.Scalar;
      });
      const gradients = new Map(
        [...model.variables].map(([key, variable]) => [key, grads[variable.name] ?? tf.zerosLike(variable)]),
      );
      optimizer.applyGradients(gradients, model.variables, { learningRate: 1e-3, maxGradNorm: 0.5 });
      return value;
    });
    losses.push((await loss.data())[0]);
    loss.dispose();
    // The first update makes moments and constants that stay.
    const { numTensors } = tf.memory();
    if (update === 0) kept = numTensors;
    else if (numTensors !== kept)
      throw new Error(`update ${update} left ${numTensors - kept} tensors behind`);
  }
  model.dispose();
  optimizer.dispose();
  return losses;
}

/** Trains networks on the active backend; returns their losses, and tensors left behind. */
export async function runTrainings(
  names: readonly string[] = trainingCases,
): Promise<{ losses: Record<string, number[]>; leaked: number }> {
  const losses: Record<string, number[]> = {};
  const before = tf.memory().numTensors;
  for (const name of names) losses[name] = await runTraining(name);
  return { losses, leaked: tf.memory().numTensors - before };
}
