import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { RMSProp } from "../../src/optimizers/index.js";
import { type RMSPropNumbers, tensorflowRMSProp, torchRMSProp } from "./reference.js";
import { expectReference } from "./train.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const learningRate = 0.002;
const plain: RMSPropNumbers = {
  learningRate,
  decay: 0.95,
  epsilon: 0.01,
  momentum: 0,
  centered: false,
  initialMeanSquare: 0,
};

const cases: Partial<RMSPropNumbers>[] = [
  {},
  { centered: true },
  { momentum: 0.9 },
  { centered: true, momentum: 0.5, decay: 0.9 },
  { initialMeanSquare: 1, epsilon: 1e-5 },
];

describe.each([
  ["torch", torchRMSProp],
  ["tf", tensorflowRMSProp],
] as const)("epsilon as in %s: agrees with loops in double precision", (epsilonMode, rule) => {
  it.each(cases)("%j", (changes) => {
    const { learningRate: _, ...numbers } = { ...plain, ...changes };
    const optimizer = new RMSProp({ ...numbers, epsilonMode });
    // The centred divisor is a difference of nearly equal numbers: single precision loses digits.
    const tolerance = numbers.centered ? 1e-4 : 1e-5;
    expectReference(optimizer, { learningRate }, () => rule({ ...plain, ...changes }), tolerance);
  });
});

it("has torch's defaults, including epsilon 1e-8, which determines the step of tiny gradients", () => {
  const numbers = { ...plain, decay: 0.99, epsilon: 1e-8 };
  expectReference(new RMSProp(), { learningRate }, () => torchRMSProp(numbers));
  const variables = { w: tf.variable(tf.scalar(0)) };
  new RMSProp().applyGradients({ w: tf.scalar(1e-8) }, variables, { learningRate });
  expect(variables.w.dataSync()[0] / -torchRMSProp(numbers)(1e-8, 1)).toBeCloseTo(1, 5);
});

it("rejects options out of range", () => {
  expect(() => new RMSProp({ decay: 1 })).toThrow("decay");
  expect(() => new RMSProp({ momentum: 1.5 })).toThrow("momentum");
  expect(() => new RMSProp({ initialMeanSquare: -1 })).toThrow("initialMeanSquare");
});
