import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { heapBytes, numbers, relativeError } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const shapes: Record<string, number[]> = {
  conv1: [8, 8, 4, 16],
  bias1: [16],
  conv2: [4, 4, 16, 16],
  bias2: [16],
  dense: [4 * 4 * 16, 32],
  bias3: [32],
  head: [32, 5],
};

/** A small network like Nature's with a softmax head; returns loss and gradients. */
function trainStep(variables: tf.Variable[]): { loss: number; gradients: Float32Array[] } {
  const [conv1, bias1, conv2, bias2, dense, bias3, head] = variables;
  const frames = tf.tensor4d(numbers([4, 44, 44, 4], 50), [4, 44, 44, 4]);
  const labels = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 3, 1, 4], "int32"), 5));
  const { value, grads } = tf.variableGrads(() => {
    let x: tf.Tensor = tf.relu(tf.add(tf.conv2d(frames, conv1 as tf.Tensor4D, 4, "valid"), bias1));
    x = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, conv2 as tf.Tensor4D, 2, "valid"), bias2));
    x = tf.relu(tf.add(tf.matMul(tf.reshape(x, [4, -1]), dense as tf.Tensor2D), bias3));
    return tf.losses.softmaxCrossEntropy(labels, tf.matMul(x, head as tf.Tensor2D)) as tf.Scalar;
  }, variables);
  const result = {
    loss: value.dataSync()[0],
    gradients: variables.map((variable) => grads[variable.name].dataSync<"float32">()),
  };
  tf.dispose([frames, labels, value, grads]);
  return result;
}

function makeVariables(): tf.Variable[] {
  return Object.values(shapes).map((shape, i) =>
    tf.tidy(() => tf.variable(tf.mul(tf.tensor(numbers(shape, i + 1), shape), 0.2))),
  );
}

it("a convolutional train step agrees with cpu in the loss and all gradients", async () => {
  await tf.setBackend("cpu");
  const expected = trainStep(makeVariables());
  await tf.setBackend("wasm");
  const actual = trainStep(makeVariables());
  expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-5);
  expected.gradients.forEach((gradient, i) => {
    const largest = gradient.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(relativeError(actual.gradients[i], gradient)).toBeLessThan(1e-4 * Math.min(1, largest));
  });
});

it("200 train steps leak no tensor and no byte of heap", async () => {
  await tf.setBackend("wasm");
  const variables = makeVariables();
  trainStep(variables);
  const before = { ...tf.memory(), heap: heapBytes() };
  for (let i = 0; i < 200; i++) trainStep(variables);
  expect({ ...tf.memory(), heap: heapBytes() }).toEqual(before);
});
