/**
 * Behaviour cloning with the network of the ncps guide, ConvBlock and CfC: one step on 4 sequences of 20 frames,
 * one thread. `npm run bench -- convcfc [turns]`.
 */

import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { CfC } from "../src/layers/cfc.js";
import { ConvBlock } from "../src/layers/conv-block.js";
import { Linear } from "../src/layers/linear.js";
import { useBackend } from "../src/recurrent/use-backend.js";
import type { BenchmarkResult } from "./run.js";
import { accelerated } from "./support/accelerated.js";
import { compareSteps } from "./support/training-step.js";

const [batch, time, actions] = [4, 20, 4];

/** Measures the step, alternating with PyTorch and ncps. */
export async function run([turns = "5"]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm");
  const encoder = new ConvBlock({ seed: 1 });
  const core = new CfC({ units: 64, seed: 2 });
  const head = new Linear({ units: actions, seed: 3 });
  encoder.build([null, null, 84, 84, 4]);
  core.build([null, null, 256]);
  head.build([null, null, 64]);
  const variables = new Map([encoder, core, head].flatMap((layer) => [...layer.variables]));
  const names = new Map([...variables].map(([name, variable]) => [variable.name, name]));
  const frames = tf.randomUniform([batch, time, 84, 84, 4], 0, 255, "float32", 1);
  const labels = tf.oneHot(tf.randomUniform([batch * time], 0, actions, "int32", 2), actions);
  const state = core.initialState(batch);
  const optimizer = new Adam();
  const loss = () => {
    const features = encoder.forward(frames) as tf.Tensor3D;
    const { outputs } = core.scan(features, { state });
    const logits = tf.reshape(head.forward(outputs), [batch * time, actions]);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1))) as tf.Scalar;
  };
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, [...variables.values()]);
      const gradients = new Map(Object.entries(grads).map(([name, grad]) => [names.get(name)!, grad]));
      optimizer.applyGradients(gradients, variables, { learningRate: 1e-4 }).gradNorm.dataSync();
    });
  const peerCase = { kind: "convcfc", batch, time_steps: time, actions };
  const steps = { "ncps-ts": step, ...(await accelerated(step)) };
  return compareSteps("convcfc", steps, peerCase, Number(turns));
}
