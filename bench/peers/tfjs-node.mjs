/**
 * The benchmarks' cases in tfjs-node, as in bench/peers/pytorch.py: one JSON case per line in, one JSON measurement
 * per line out. `node tfjs-node.mjs FOLDER`: the folder from which `@tensorflow/tfjs-node` is resolved.
 */

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const tf = createRequire(join(process.argv[2], "package.json"))("@tensorflow/tfjs-node");

const kinds = { nature, product, convolution };

function product({ m, k, n, transposeA, transposeB }) {
  const a = tf.randomUniform(transposeA ? [k, m] : [m, k]);
  const b = tf.randomUniform(transposeB ? [n, k] : [k, n]);
  return () => tf.matMul(a, b, transposeA, transposeB);
}

function convolution({ direction, x, filter, strides }) {
  const images = tf.randomUniform(x);
  const weights = tf.randomUniform(filter);
  const dy = tf.conv2d(images, weights, strides, "valid");
  const attributes = { strides, pad: "valid", dataFormat: "NHWC" };
  const kernel = (name, inputs, more) => tf.engine().runKernel(name, inputs, { ...attributes, ...more });
  if (direction === "forward") return () => tf.conv2d(images, weights, strides, "valid");
  if (direction === "input") {
    return () => kernel("Conv2DBackpropInput", { dy, filter: weights }, { inputShape: x });
  }
  return () => kernel("Conv2DBackpropFilter", { x: images, dy }, { filterShape: filter });
}

/** One minibatch as in PPO: gradients, clipping of their norm, Adam. */
function nature({ batch, actions }) {
  const shapes = [
    [8, 8, 4, 32],
    [4, 4, 32, 64],
    [3, 3, 64, 64],
    [3136, 512],
    [512, actions],
    [512, 1],
  ];
  const weights = shapes.map((shape) => tf.variable(tf.randomNormal(shape, 0, 0.05)));
  const biases = shapes.map((shape) => tf.variable(tf.zeros([shape.at(-1)])));
  const frames = tf.randomUniform([batch, 84, 84, 4]);
  const chosen = tf.oneHot(tf.randomUniform([batch], 0, actions, "int32"), actions);
  const [advantages, returns] = [tf.randomNormal([batch]), tf.randomNormal([batch])];
  const optimizer = tf.train.adam(2.5e-4);
  const affine = (x, i) => tf.add(tf.matMul(x, weights[i]), biases[i]);
  const loss = () => {
    let x = frames;
    for (const [i, strides] of [4, 2, 1].entries()) {
      x = tf.relu(tf.add(tf.conv2d(x, weights[i], strides, "valid"), biases[i]));
    }
    x = tf.relu(affine(tf.reshape(x, [batch, 3136]), 3));
    const logP = tf.logSoftmax(affine(x, 4));
    const gain = tf.mean(tf.mul(tf.sum(tf.mul(logP, chosen), 1), advantages));
    const error = tf.mean(tf.square(tf.sub(returns, tf.reshape(affine(x, 5), [batch]))));
    const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logP), logP), 1)));
    return tf.sub(tf.sub(tf.mul(error, 0.5), gain), tf.mul(entropy, 0.01));
  };
  return () => {
    const { grads } = tf.variableGrads(loss);
    const names = Object.keys(grads);
    const norm = tf.sqrt(tf.addN(names.map((name) => tf.sum(tf.square(grads[name])))));
    const factor = tf.minimum(1, tf.div(0.5, norm));
    optimizer.applyGradients(names.map((name) => ({ name, tensor: tf.mul(grads[name], factor) })));
    return norm;
  };
}

function measure(step) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  tf.tidy(() => void step().dataSync());
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
}

const known = new Map();
console.log(JSON.stringify({ version: tf.version["tfjs-node"] }));
for await (const line of createInterface(process.stdin)) {
  let step = known.get(line);
  if (!step) {
    const { kind, ...sizes } = JSON.parse(line);
    step = kinds[kind](sizes);
    known.set(line, step);
    for (let i = 0; i < 3; i++) measure(step);
  }
  console.log(JSON.stringify(measure(step)));
}
