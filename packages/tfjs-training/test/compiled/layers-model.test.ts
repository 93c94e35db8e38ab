import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  Adam,
  type ArrayInput,
  type CompiledStep,
  compile,
  type TracedInputs,
  useBackend,
} from "../../src/index.js";

beforeAll(async () => {
  await useBackend("wasm", { accelerator: false });
});

const [rows, classes] = [16, 3];
const { layers } = tfl;
const image = [12, 12, 2];

const makers: Record<string, () => tfl.Sequential> = {
  dense: () =>
    tfl.sequential({
      layers: [
        layers.dense({ inputShape: [6], units: 8, activation: "tanh", ...seeded(1) }),
        layers.dense({ units: classes, ...seeded(2) }),
      ],
    }),
  conv2d: () =>
    tfl.sequential({
      layers: [
        layers.conv2d({ inputShape: image, filters: 4, kernelSize: 3, activation: "relu", ...seeded(1) }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: classes, ...seeded(2) }),
      ],
    }),
  // Without biases before it: their gradients are zero but for rounding, which Adam would blow up to whole steps.
  batchNormalization: () =>
    tfl.sequential({
      layers: [
        layers.conv2d({ inputShape: image, filters: 4, kernelSize: 3, useBias: false, ...seeded(1) }),
        layers.batchNormalization(),
        layers.activation({ activation: "relu" }),
        layers.averagePooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: classes, useBias: false, ...seeded(2) }),
        layers.batchNormalization({ momentum: 0.9 }),
      ],
    }),
};

function seeded(seed: number) {
  return { kernelInitializer: tfl.initializers.glorotNormal({ seed }) };
}

function weightsOf(model: tfl.LayersModel): Record<string, tf.Variable> {
  return Object.fromEntries(
    model.trainableWeights.map((weight) => [weight.name, weight.read() as tf.Variable]),
  );
}

type Inputs = { x: ArrayInput; y: ArrayInput; learningRate: number };
type Outputs = { loss: tf.Scalar; gradNorm: tf.Scalar };

function training(model: tfl.LayersModel, enabled: boolean): CompiledStep<Inputs, Outputs> {
  const [optimizer, variables] = [new Adam(), weightsOf(model)];
  return compile(
    ({ x, y, learningRate }: TracedInputs<Inputs>) =>
      optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar,
        variables,
        { learningRate, maxGradNorm: 1 },
      ),
    { enabled },
  );
}

function batch(model: tfl.LayersModel, i: number): Inputs {
  const shape = [rows, ...(model.inputs[0].shape.slice(1) as number[])];
  const size = tf.util.sizeFromShape(shape);
  return {
    x: { values: Float32Array.from({ length: size }, (_, k) => 0.5 + Math.sin(k * 1.7 + i)), shape },
    y: {
      values: Float32Array.from({ length: rows * classes }, (_, k) =>
        Number(k % classes === Math.floor(k / classes) % classes),
      ),
      shape: [rows, classes],
    },
    learningRate: 0.01 / (i + 1),
  };
}

describe("compile: models of tfjs-layers train as without it", () => {
  it.each(Object.keys(makers))("%s", async (name) => {
    const [compiled, plain] = [makers[name](), makers[name]()];
    const before = plain.getWeights().map((weight) => weight.dataSync());
    const [step, reference] = [training(compiled, true), training(plain, false)];
    for (let i = 0; i < 6; i++) {
      const [actual, expected] = [
        { ...(await step.read(batch(compiled, i))) },
        await reference.read(batch(plain, i)),
      ];
      expect(actual.loss).toBeCloseTo(expected.loss, 5);
      expect(actual.gradNorm).toBeCloseTo(expected.gradNorm, 5);
    }
    expect(step.report()).toMatchObject({ compiledCalls: 6, plans: [{ state: "compiled", reasons: [] }] });
    // Of all weights: the moving averages of batch normalisation are among them.
    for (const [i, weight] of plain.getWeights().entries()) {
      const [actual, expected] = [compiled.getWeights()[i].dataSync(), weight.dataSync()];
      expect(Math.max(...expected.map((value, k) => Math.abs(value - before[i][k])))).toBeGreaterThan(1e-4);
      for (const [k, value] of expected.entries())
        expect(Math.abs(actual[k] - value), `weight ${i} ${k}`).toBeLessThan(2e-5);
    }
    const input = tf.tensor(batch(plain, 9).x.values, [...batch(plain, 9).x.shape]);
    const [a, b] = [compiled, plain].map((model) => (model.predict(input) as tf.Tensor).dataSync());
    for (const [k, value] of b.entries()) expect(a[k]).toBeCloseTo(value, 4);
  });

  it("and the moving averages are assigned once a call, also at the first", () => {
    const model = tfl.sequential({ layers: [layers.batchNormalization({ inputShape: [2], momentum: 0.5 })] });
    const mean = model.getWeights()[2];
    const step = compile(({ x }: TracedInputs<{ x: ArrayInput }>) => ({
      y: model.apply(x, { training: true }) as tf.Tensor,
    }));
    const x = { values: Float32Array.of(1, 10, 3, 30), shape: [2, 2] };
    step.read({ x });
    expect([...mean.dataSync()]).toEqual([1, 10]);
    step.read({ x });
    expect([...mean.dataSync()]).toEqual([1.5, 15]);
    expect(step.report().compiledCalls).toBe(2);
  });
});

describe("compile: dropout", () => {
  const dropping = () =>
    tfl.sequential({
      layers: [
        layers.dense({ inputShape: [6], units: 8, ...seeded(1) }),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: classes, ...seeded(2) }),
      ],
    });

  it("as a layer draws numbers inside: it runs uncompiled and says so", () => {
    const model = dropping();
    const step = training(model, true);
    const given = { ...batch(model, 0), learningRate: 0 };
    const losses = new Set(Array.from({ length: 4 }, () => (step.read(given) as { loss: number }).loss));
    expect(losses.size).toBe(4);
    const { compiledCalls, plans } = step.report();
    expect(compiledCalls).toBe(0);
    expect(plans[0].reasons).toEqual([
      expect.stringMatching(/^a constant input .* changed between two calls: .* drawn at random$/),
    ]);
  });

  it("with a mask as an input is compiled", () => {
    const [hidden, out] = [
      layers.dense({ inputShape: [6], units: 8, ...seeded(1) }),
      layers.dense({ units: classes, inputShape: [8], ...seeded(2) }),
    ];
    const models = [tfl.sequential({ layers: [hidden] }), tfl.sequential({ layers: [out] })];
    const variables = Object.assign({}, ...models.map(weightsOf)) as Record<string, tf.Variable>;
    const optimizer = new Adam();
    type Masked = Inputs & { mask: ArrayInput };
    const make = (enabled: boolean) =>
      compile(
        ({ x, y, mask, learningRate }: TracedInputs<Masked>) =>
          optimizer.minimize(
            () => {
              const kept = tf.mul(models[0].apply(x) as tf.Tensor, mask);
              return tf.losses.softmaxCrossEntropy(y, models[1].apply(kept) as tf.Tensor) as tf.Scalar;
            },
            variables,
            { learningRate },
          ),
        { enabled },
      );
    const [step, plain] = [make(true), make(false)];
    const losses = [0, 1, 2].map((seed) => {
      const values = Float32Array.from({ length: rows * 8 }, (_, k) => ((k * 7 + seed) % 3 ? 0 : 3));
      const given = {
        ...batch(models[0], 0),
        mask: { values, shape: [rows, 8] },
        learningRate: 0,
      };
      const { loss } = step.read(given) as { loss: number };
      expect(loss).toBeCloseTo((plain.read(given) as { loss: number }).loss, 5);
      return loss;
    });
    expect(new Set(losses).size).toBe(3);
    expect(step.report()).toMatchObject({ compiledCalls: 3, plans: [{ state: "compiled" }] });
  });
});
