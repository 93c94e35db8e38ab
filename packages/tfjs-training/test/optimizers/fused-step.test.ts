import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { Adam, AdamW, type ApplyOptions, type Optimizer, RMSProp, SGD } from "../../src/optimizers/index.js";
import { Random } from "../random.js";
import { normals } from "./train.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

// Lengths around the four numbers of a vector, and one past a block of the sum of squares.
const sizes: Record<string, number[]> = { a: [1], b: [3], c: [5, 7], d: [4, 8], e: [65, 64], f: [] };

// Runs the optimizer on a backend; wasm has the rule as one kernel, cpu composes it of operations.
async function train(backend: string, optimizer: Optimizer, options: ApplyOptions): Promise<number[]> {
  await tf.setBackend(backend);
  const random = new Random(5);
  const variables = new Map(
    Object.entries(sizes).map(([name, shape]) => [
      name,
      tf.variable(tf.tensor(normals(shape, random), shape)),
    ]),
  );
  const norms: number[] = [];
  for (let t = 0; t < 10; t++) {
    tf.tidy(() => {
      const gradients = new Map(
        Object.entries(sizes).map(([name, shape]) => [name, tf.tensor(normals(shape, random), shape)]),
      );
      norms.push(optimizer.applyGradients(gradients, variables, options).gradNorm.dataSync()[0]);
    });
  }
  const result = [
    ...norms,
    ...[...variables.values()].flatMap((variable) => Array.from(variable.dataSync())),
  ];
  tf.dispose([...variables.values()]);
  optimizer.dispose();
  return result;
}

const rules: [string, () => Optimizer][] = [
  ["Adam", () => new Adam()],
  ["Adam, Keras's epsilon", () => new Adam({ epsilonMode: "keras", epsilon: 1e-3, beta1: 0.5 })],
  ["AdamW", () => new AdamW({ weightDecay: 0.1, decays: (name) => name !== "c" })],
  ["RMSProp", () => new RMSProp({ epsilon: 1e-5 })],
  ["RMSProp, centred, tf", () => new RMSProp({ epsilonMode: "tf", epsilon: 0.01, centered: true })],
  ["RMSProp, momentum", () => new RMSProp({ momentum: 0.9, centered: true, epsilon: 0.01 })],
  ["SGD", () => new SGD()],
  ["SGD, momentum", () => new SGD({ momentum: 0.9 })],
  ["SGD, Nesterov", () => new SGD({ momentum: 0.9, nesterov: true })],
];

describe.each(rules)("%s in one pass", (_, make) => {
  it.each<ApplyOptions>([
    { learningRate: 0.01 },
    { learningRate: 0.01, maxGradNorm: 0.5 },
    { learningRate: 0.01, maxGradNorm: 1e6, skipNonFinite: true },
  ])("equals the composed form: %j", async (options) => {
    const expected = await train("cpu", make(), options);
    const actual = await train("wasm", make(), options);
    const worst = Math.max(
      ...expected.map((value, i) => Math.abs(actual[i] - value) / Math.max(1, Math.abs(value))),
    );
    expect(worst).toBeLessThan(1e-6);
  });
});

it("does not change old weights that are still referenced", async () => {
  await tf.setBackend("wasm");
  const variable = tf.variable(tf.tensor1d([1, 2, 3, 4, 5]));
  const held = tf.clone(variable);
  new Adam().applyGradients({ w: tf.ones([5]) }, { w: variable }, { learningRate: 1 });
  expect(Array.from(held.dataSync())).toEqual([1, 2, 3, 4, 5]);
  expect(variable.dataSync()[0]).toBeCloseTo(0, 5);
});

it("propagates a NaN norm to the weights unless steps are skipped", async () => {
  await tf.setBackend("wasm");
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const options = { learningRate: 0.1, maxGradNorm: 1 };
  new SGD().applyGradients({ w: tf.tensor1d([Number.NaN, 1]) }, { w: variable }, options);
  expect(Array.from(variable.dataSync())).toEqual([Number.NaN, Number.NaN]);
});
