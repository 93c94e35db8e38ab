import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Adam, compile, useBackend } from "../../src/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

describe("compile", () => {
  it("gives what the function gives", () => {
    const fn = ({ x, y }: { x: tf.Tensor; y: tf.Tensor }) => ({
      sum: tf.sum(tf.mul(tf.exp(x), tf.tanh(y)), 1),
      all: tf.mean(tf.square(tf.sub(x, y))),
      log: tf.log(tf.add(tf.abs(x), 1)),
      max: tf.max(x, 0),
      soft: tf.softmax(x),
      matrix: tf.matMul(x, y, false, true),
      moved: tf.transpose(x),
    });
    const step = compile<{ x: tf.Tensor; y: tf.Tensor }, ReturnType<typeof fn>>(fn);
    for (let seed = 0; seed < 5; seed++) {
      const [x, y] = [random([7, 13], seed), random([7, 13], seed + 100)];
      const expected = fn({ x, y });
      const actual = step({ x, y });
      for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
        const [a, b] = [actual[name].dataSync(), expected[name].dataSync()];
        expect(actual[name].shape).toEqual(expected[name].shape);
        for (const [i, value] of b.entries()) {
          expect(Math.abs(a[i] - value), `${name} ${i}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(value)));
        }
      }
    }
    expect(step.report()).toMatchObject({ calls: 5, compiledCalls: 5 });
  });

  it("trains as the function does", async () => {
    const make = () => {
      const variables = {
        w: tf.variable(random([5, 8], 1)),
        b: tf.variable(tf.zeros([8])),
        v: tf.variable(random([8, 1], 2)),
      };
      const optimizer = new Adam();
      const fn = ({ x, y, learningRate }: { x: tf.Tensor; y: tf.Tensor; learningRate: tf.Scalar | number }) =>
        optimizer.minimize(
          () => {
            const hidden = tf.tanh(
              tf.add(tf.matMul(x as tf.Tensor2D, variables.w as unknown as tf.Tensor2D), variables.b),
            );
            return {
              loss: tf.mean(
                tf.squaredDifference(
                  tf.matMul(hidden as tf.Tensor2D, variables.v as unknown as tf.Tensor2D),
                  y,
                ),
              ) as tf.Scalar,
              size: tf.mean(tf.abs(hidden)) as tf.Scalar,
            };
          },
          variables,
          { learningRate, maxGradNorm: 0.5 },
        );
      return { variables, fn };
    };
    const [plain, own] = [make(), make()];
    type Inputs = { x: tf.Tensor; y: tf.Tensor; learningRate: number };
    const step = compile<Inputs, ReturnType<typeof plain.fn>>(own.fn);
    for (let i = 0; i < 20; i++) {
      const inputs = { x: random([16, 5], i), y: random([16, 1], i + 50), learningRate: 0.01 / (i + 1) };
      const expected = plain.fn(inputs);
      const actual = (await step.read(inputs)) as { loss: number; size: number; gradNorm: number };
      expect(actual.loss).toBeCloseTo(expected.loss.dataSync()[0], 5);
      expect(actual.size).toBeCloseTo(expected.size.dataSync()[0], 5);
      expect(actual.gradNorm).toBeCloseTo(expected.gradNorm.dataSync()[0], 5);
      for (const name of ["w", "b", "v"] as const) {
        const [a, b] = [own.variables[name].dataSync(), plain.variables[name].dataSync()];
        for (const [k, value] of b.entries()) expect(a[k], `${name} ${k} at ${i}`).toBeCloseTo(value, 5);
      }
    }
    expect(step.report().compiledCalls).toBe(20);
  });
});
