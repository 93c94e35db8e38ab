import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, useBackend } from "../../src/index.js";
import { jumping, operations, randomGraph } from "./random-graphs.js";

const GRAPHS = Number(process.env.RANDOM_GRAPHS ?? 300);

beforeAll(async () => {
  await useBackend("wasm");
});

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

function compare(actual: tf.Tensor, expected: tf.Tensor, name: string): void {
  expect(actual.shape, name).toEqual(expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  const wrong = b.filter((value, i) => !(Math.abs(a[i] - value) <= 1e-6 * Math.max(1, Math.abs(value))));
  // Of operations that jump, a number on the edge may fall to the other side.
  const allowed = jumping.has(name) ? Math.ceil(b.length / 100) : 0;
  if (wrong.length > allowed) expect([...a], name).toEqual([...b]);
}

describe("compile: random functions", () => {
  it("knows at least 60 kernels here", () => {
    expect(Object.keys(operations).length).toBeGreaterThanOrEqual(60);
  });

  it(`computes ${GRAPHS} random graphs as tfjs does, operation by operation`, () => {
    const compiled = new Set<string>();
    for (let seed = 0; seed < GRAPHS; seed++) {
      const { shape, run } = randomGraph(seed, 12);
      const names: string[] = [];
      const step = compile<{ x: tf.Tensor; y: tf.Tensor }, Record<string, tf.Tensor>>(({ x, y }) => {
        const made = run(x, y);
        names.splice(0, names.length, ...made.map(({ name }) => name));
        return Object.fromEntries(made.map(({ result }, i) => [`r${i}`, result]));
      });
      tf.tidy(() => {
        for (let call = 0; call < 2; call++) {
          const [x, y] = [random(shape, 2 * seed + call), random(shape, 5000 + 2 * seed + call)];
          const actual = Object.values(step({ x, y }));
          const expected = run(x, y, actual);
          for (const [i, { name, result }] of expected.entries()) compare(actual[i], result, name);
        }
      });
      const { plans } = step.report();
      expect(
        plans.flatMap(({ reasons }) => reasons),
        `seed ${seed}`,
      ).toEqual([]);
      for (const name of names) compiled.add(name);
      step.dispose();
    }
    if (GRAPHS >= 300) expect([...compiled].sort()).toEqual(Object.keys(operations).sort());
  });

  it("gives the gradients that tfjs gives", () => {
    const smooth =
      "Add Sub Multiply RealDiv Maximum SquaredDifference Exp Log Tanh Sigmoid Softplus Elu Neg Square Rsqrt Reciprocal Sum Mean Max Softmax LogSoftmax Transpose Reshape Slice Reverse Tile Concat Pack Unpack SplitV PadV2 BatchMatMul _FusedMatMul".split(
        " ",
      );
    for (let seed = 0; seed < GRAPHS / 3; seed++) {
      const { shape, run } = randomGraph(seed + 10_000, 5, smooth);
      const gradients = (x: tf.Tensor, y: tf.Tensor) => {
        const loss = (a: tf.Tensor, b: tf.Tensor) =>
          tf.addN([tf.mean(tf.mul(a, b)), ...run(a, b).map(({ result }) => tf.mean(tf.mul(result, 0.3)))]);
        const [dx, dy] = tf.grads(loss)([x, y]);
        return { dx, dy };
      };
      const step = compile<{ x: tf.Tensor; y: tf.Tensor }, { dx: tf.Tensor; dy: tf.Tensor }>(({ x, y }) =>
        gradients(x, y),
      );
      tf.tidy(() => {
        const [x, y] = [random(shape, seed), random(shape, 5000 + seed)];
        const [actual, expected] = [step({ x, y }), gradients(x, y)];
        compare(actual.dx, expected.dx, `dx ${seed}`);
        compare(actual.dy, expected.dy, `dy ${seed}`);
      });
      expect(
        step.report().plans.flatMap(({ reasons }) => reasons),
        `seed ${seed}`,
      ).toEqual([]);
      step.dispose();
    }
  });

  it("leaves no tensors and no memory", () => {
    const before = tf.memory().numTensors;
    const { shape, run } = randomGraph(7, 12);
    const step = compile<{ x: tf.Tensor; y: tf.Tensor }, Record<string, tf.Tensor>>(({ x, y }) =>
      Object.fromEntries(run(x, y).map(({ result }, i) => [`r${i}`, result])),
    );
    tf.tidy(() => void step({ x: random(shape, 1), y: random(shape, 2) }));
    expect(tf.memory().numTensors).toBe(before);
    step.dispose();
  });
});
