import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { ConvCfC, type ConvCfCOptions } from "../../src/models/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(() => useBackend("wasm"));

function using<T>(options: Partial<ConvCfCOptions>, look: (model: ConvCfC) => T): T {
  const model = new ConvCfC({ numActions: 4, seed: 0, ...options });
  try {
    return look(model);
  } finally {
    model.dispose();
  }
}

function frames(batch: number, time: number, size = 36, seed = 1): tf.Tensor {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: batch * time * size * size * 4 }, () => random.integer(256));
  return tf.tensor(bytes, [batch, time, size, size, 4], "int32");
}

const small = { observationShape: [36, 36, 4], filters: [4, 6, 6, 8], units: 5 };
const forms = {
  tf: small,
  torch: { ...small, form: "torch" },
  impala: { ...small, encoder: "impala" },
} satisfies Record<string, Partial<ConvCfCOptions>>;

describe("parameter totals", () => {
  it("of the guide's TensorFlow tab: 1,514,948", () => {
    using({}, (model) => {
      expect(model.countParams()).toBe(1_514_948);
      expect(model.statistics.size).toBe(0);
    });
  });

  it("of the guide's PyTorch tab: 1,515,716", () => {
    using({ form: "torch" }, (model) => expect(model.countParams()).toBe(1_515_716));
  });

  it("of the note's block: 423,328 and 160 statistics, in place of 1,440,576", () => {
    using({ encoder: "impala" }, (model) => {
      expect(model.countParams()).toBe(1_514_948 - 1_440_576 + 423_328);
      const statistics = [...model.statistics.values()].reduce((sum, { size }) => sum + size, 0);
      expect(statistics).toBe(160);
    });
  });
});

describe.each(Object.entries(forms))("%s form", (_, options) => {
  it("gives the same results step by step, with the state passed on, as over the sequence", () => {
    using(options, (model) => {
      const x = frames(2, 3);
      const whole = model.apply(x);
      let state: tf.Tensor2D | undefined;
      for (let t = 0; t < 3; t++) {
        const step = model.apply(tf.slice(x, [0, t, 0, 0, 0], [-1, 1, -1, -1, -1]), { state });
        state = step.state;
        const expected = tf.slice(whole.logits, [0, t, 0], [-1, 1, -1]);
        expect(tf.max(tf.abs(tf.sub(step.logits, expected))).dataSync()[0]).toBeLessThan(1e-4);
      }
      expect(whole.logits.shape).toEqual([2, 3, 4]);
      expect(whole.state?.shape).toEqual([2, 5]);
    });
  });

  it("has a gradient for every weight, and leaks no tensors", () => {
    using(options, (model) => {
      const x = frames(2, 3);
      const run = () =>
        tf.tidy(() => {
          const { grads } = tf.variableGrads(
            () => tf.sum(tf.square(model.apply(x, { training: true }).logits)) as tf.Scalar,
            [...model.variables.values()],
          );
          return [...model.variables].map(([name, variable]) => {
            const size = grads[variable.name] ? tf.sum(tf.abs(grads[variable.name])).dataSync()[0] : 0;
            return { name, size };
          });
        });
      run();
      const tensors = tf.memory().numTensors;
      for (const { name, size } of run()) {
        // Biases before batch normalisation have no gradient; a CfC's initial state is zero.
        if (/conv[24]\/bias/.test(name) && "form" in options) continue;
        expect(size, name).toBeGreaterThan(0);
      }
      expect(tf.memory().numTensors).toBe(tensors);
    });
  });

  it("is the same network as a tfjs-layers model, with and without states", () => {
    using(options, (model) => {
      const x = frames(2, 3);
      const { logits, state } = model.apply(x);
      const floats = tf.cast(x, "float32");
      const plain = model.layersModel().predict(floats) as tf.Tensor;
      expect(Array.from(plain.dataSync())).toEqual(Array.from(logits.dataSync()));
      const both = model.layersModel({ stateful: true }).predict([floats, tf.zeros([2, 5])]) as tf.Tensor[];
      expect(Array.from(both[0].dataSync())).toEqual(Array.from(logits.dataSync()));
      expect(Array.from(both[1].dataSync())).toEqual(Array.from(state!.dataSync()));
    });
  });
});

describe("batch normalisation", () => {
  it("normalises with the batch in training, with the moving averages otherwise", () => {
    using(forms.impala, (model) => {
      const x = frames(2, 3);
      const value = (training: boolean) => model.apply(x, { training }).logits.dataSync()[0];
      const [mean, variance] = [...model.statistics.values()];
      const before = value(false);
      expect(Array.from(mean.dataSync())).toEqual(new Array(16).fill(0));
      const trained = value(true);
      expect(trained).not.toBeCloseTo(before, 3);
      const [kernel] = [...model.variables.values()];
      const z = tf.conv2d(
        tf.div(tf.reshape(x, [6, 36, 36, 4]), 255) as tf.Tensor4D,
        kernel as unknown as tf.Tensor4D,
        4,
        "valid",
      );
      const rows = tf.reshape(z, [-1, 16]);
      const moments = tf.moments(rows, 0);
      const unbiased = rows.shape[0] / (rows.shape[0] - 1);
      const expectNear = (found: tf.Tensor, expected: tf.Tensor) =>
        expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-6);
      expectNear(mean, tf.mul(moments.mean, 0.01));
      expectNear(variance, tf.add(tf.mul(moments.variance, 0.01 * unbiased), 0.99));
      for (let i = 0; i < 400; i++) model.apply(x, { training: true }).logits.dispose();
      expect(value(false)).toBeCloseTo(value(true), 1);
    });
  });
});

describe("ConvCfC", () => {
  it("pads as torch does: two zeros on every side", () => {
    using({ ...forms.torch, filters: [2], observationShape: [6, 6, 1] }, (model) => {
      const kernel = model.variables.get("conv_block/conv1/kernel")!;
      const bias = model.variables.get("conv_block/conv1/bias")!;
      kernel.assign(tf.ones(kernel.shape));
      bias.assign(tf.zeros(bias.shape));
      // Each output sums a 5x5 patch; with two zeros before, a 6x6 picture of ones gives 9, 15, 12 along the edges.
      const encoder = (model as unknown as { encoder: { forward(x: tf.Tensor): tf.Tensor } }).encoder;
      const [mean] = encoder.forward(tf.fill([1, 6, 6, 1], 255)).dataSync();
      const along = [3, 5, 4];
      const sum = along.flatMap((a) => along.map((b) => a * b)).reduce((total, value) => total + value);
      expect(mean).toBeCloseTo(sum / 9, 4);
    });
  });

  it("trains by fit of tfjs-layers", async () => {
    const model = new ConvCfC({ numActions: 4, seed: 0, ...forms.tf });
    const layers = model.layersModel();
    layers.compile({ optimizer: tf.train.sgd(0.1), loss: tfl.metrics.meanSquaredError });
    const before = model.variables.get("logits/bias")!.dataSync().slice();
    await layers.fit(tf.cast(frames(2, 3), "float32"), tf.ones([2, 3, 4]), { epochs: 1, verbose: 0 });
    expect(Array.from(model.variables.get("logits/bias")!.dataSync())).not.toEqual(Array.from(before));
    model.dispose();
  });

  it("can be rebuilt from its description", () => {
    using(forms.torch, (model) => {
      const again = new ConvCfC(model.toJSON().config as unknown as ConvCfCOptions);
      expect([...again.variables].map(([name, { shape }]) => [name, shape])).toEqual(
        [...model.variables].map(([name, { shape }]) => [name, shape]),
      );
      again.dispose();
    });
  });

  it("names invalid options", () => {
    expect(() => using({ form: "jax" as "tf" }, () => {})).toThrow(
      /form: expected tf or torch, received jax/,
    );
    expect(() => using({ encoder: "nature" as "conv" }, () => {})).toThrow(
      /encoder: expected conv or impala/,
    );
    using(forms.tf, (model) => {
      expect(() => model.apply(tf.zeros([1, 1, 84, 84, 4]))).toThrow(/observations: expected shape/);
    });
  });
});
