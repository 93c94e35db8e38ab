/**
 * A minibatch as in PPO through the Nature network: forward, backward, clipping, Adam; batch 256, one thread.
 * `npm run bench -- nature [turns]`.
 */

import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { NatureActorCritic } from "../src/models/nature-actor-critic.js";
import { useBackend } from "../src/recurrent/use-backend.js";
import { Box, Discrete } from "../src/spaces/index.js";
import type { BenchmarkResult } from "./run.js";
import { accelerated } from "./support/accelerated.js";
import { startTfjsNode } from "./support/peer.js";
import { compareSteps } from "./support/training-step.js";

const batch = 256;
const actions = 4;

/** Measures the step, alternating with PyTorch and tfjs-node. */
export async function run([turns = "10"]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm");
  const model = new NatureActorCritic({
    observationSpace: new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" }),
    actionSpace: new Discrete(actions),
    seed: 0,
  });
  const frames = tf.randomUniform([batch, 1, 84, 84, 4], 0, 255, "float32", 1);
  const chosen = tf.oneHot(tf.randomUniform([batch], 0, actions, "int32", 2), actions);
  const advantages = tf.randomNormal([batch], 0, 1, "float32", 3);
  const returns = tf.randomNormal([batch], 0, 1, "float32", 4);
  const optimizer = new Adam();
  const names = new Map([...model.variables].map(([name, variable]) => [variable.name, name]));
  const loss = () => {
    const { distribution, values } = model.apply(frames);
    const logP = tf.logSoftmax(tf.reshape(distribution, [batch, actions]));
    const gain = tf.mean(tf.mul(tf.sum(tf.mul(logP, chosen), 1), advantages));
    const error = tf.losses.meanSquaredError(returns, tf.reshape(values, [batch]));
    const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logP), logP), 1)));
    return tf.sub(tf.sub(tf.mul(error, 0.5), gain), tf.mul(entropy, 0.01)) as tf.Scalar;
  };
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, [...model.variables.values()]);
      const gradients = new Map(Object.entries(grads).map(([name, grad]) => [names.get(name)!, grad]));
      const options = { learningRate: 2.5e-4, maxGradNorm: 0.5 };
      optimizer.applyGradients(gradients, model.variables, options).gradNorm.dataSync();
    });
  const steps = { "ncps-ts": step, ...(await accelerated(step)) };
  const peerCase = { kind: "nature", batch, actions };
  return compareSteps("nature", steps, peerCase, Number(turns), await startTfjsNode());
}
