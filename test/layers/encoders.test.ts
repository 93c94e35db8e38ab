import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { Block } from "../../src/layers/block.js";
import { CfC } from "../../src/layers/cfc.js";
import { ConvBlock } from "../../src/layers/conv-block.js";
import { ConvStack } from "../../src/layers/conv-stack.js";
import { ImpalaConvBlock } from "../../src/layers/impala-conv-block.js";
import { Linear } from "../../src/layers/linear.js";
import { LTC } from "../../src/layers/ltc.js";
import { MLP } from "../../src/layers/mlp.js";
import { NatureCNN } from "../../src/layers/nature-cnn.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { countWeights, distance, saveAndLoad, weightValues } from "./layer-helpers.js";

function frames(shape: number[], seed = 0): tf.Tensor {
  const random = new Random(seed);
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Int32Array.from({ length: size }, () => random.integer(256)),
    shape,
    "int32",
  );
}

const layers: [string, () => Block, number[], number][] = [
  ["ConvBlock", () => new ConvBlock({ filters: [3, 4], seed: 1 }), [12, 10, 2], 4],
  ["NatureCNN", () => new NatureCNN({ units: 6, seed: 1 }), [36, 36, 1], 6],
  ["MLP", () => new MLP({ hiddenUnits: [5, 3], seed: 1 }), [4], 3],
  ["Linear", () => new Linear({ units: 3, activation: "relu", seed: 1 }), [4], 3],
];

const variants = (["wasm", "cpu"] as const).flatMap((backend) =>
  layers.map((layer) => [backend, ...layer] as const),
);

describe.each(variants)("on %s, %s", (backend, _, make, item, size) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it("returns the same directly, through apply, and over any leading axes", () => {
    tf.tidy(() => {
      const x = frames([6, ...item]);
      const layer = make();
      const direct = layer.forward(x);
      expect(direct.shape).toEqual([6, size]);
      expect(layer.computeOutputShape([null, ...item])).toEqual([null, size]);
      expect(distance(layer.apply(x) as tf.Tensor, direct)).toBe(0);
      const sequences = layer.forward(tf.reshape(x, [2, 3, ...item]));
      expect(distance(sequences, tf.reshape(direct, [2, 3, size]))).toBeLessThan(1e-6);
      expect(layer.computeOutputShape([null, 3, ...item])).toEqual([null, 3, size]);
      layer.dispose();
    });
  });

  it("rejects inputs of a size other than it was built for", () => {
    tf.tidy(() => {
      const layer = make();
      layer.build([null, ...item]);
      const channels = item[item.length - 1];
      for (const size of [channels - 1, channels + 1, 2 * channels]) {
        if (size === 0) continue;
        const x = frames([2, ...item.slice(0, -1), size]);
        expect(() => layer.forward(x), String(size)).toThrow(ShapeError);
      }
      layer.dispose();
    });
  });

  it("throws after dispose that its weights have been freed", () => {
    const layer = make();
    layer.build([null, ...item]);
    layer.dispose();
    const x = frames([2, ...item]);
    expect(() => layer.forward(x)).toThrow(InvalidStateError);
    x.dispose();
  });

  it("treats integer and float inputs alike", () => {
    tf.tidy(() => {
      const layer = make();
      const x = frames([2, ...item]);
      expect(distance(layer.forward(x), layer.forward(tf.cast(x, "float32")))).toBe(0);
      layer.dispose();
    });
  });

  it("initialises the same weights from the same seed under stable names, even with another layer of its class", () => {
    const [first, second] = [make(), make()];
    first.build([null, ...item]);
    second.build([null, ...item]);
    expect(weightValues(first)).toEqual(weightValues(second));
    const names = [first, second].flatMap((layer) => [...layer.variables.values()].map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    first.dispose();
    second.dispose();
  });

  it("depends on the seed and has its name in the weights' names", () => {
    const layer = make();
    layer.build([null, ...item]);
    const config = { ...layer.getConfig(), seed: 2, name: "vision" };
    const Class = layer.constructor as new (options: object) => Block;
    const other = new Class(config);
    other.build([null, ...item]);
    const values = [layer, other].map((block) => Object.values(weightValues(block)));
    expect(values[0]).not.toEqual(values[1]);
    for (const name of other.variables.keys()) expect(name).toMatch(/^vision\/[a-z0-9/]+$/);
    layer.dispose();
    other.dispose();
  });

  it("trains, saves and loads in a sequential model", async () => {
    const layer = make();
    const model = tfl.sequential({
      layers: [tfl.layers.inputLayer({ inputShape: item }), layer, tfl.layers.dense({ units: 1 })],
    });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const before = weightValues(layer);
    const x = tf.cast(frames([4, ...item]), "float32");
    const y = tf.ones([4, 1]);
    await model.fit(tf.div(x, 255), y, { epochs: 1, verbose: 0, shuffle: false });
    expect(weightValues(layer)).not.toEqual(before);
    const loaded = await saveAndLoad(model);
    expect(loaded.layers[1].getConfig()).toEqual(layer.getConfig());
    expect([...(loaded.layers[1] as Block).variables.keys()]).toEqual([...layer.variables.keys()]);
    expect(distance(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor)).toBe(0);
    model.dispose();
    loaded.dispose();
    tf.dispose([x, y]);
  });

  it("has the gradients of finite differences", () => {
    const layer = make();
    const x = tf.tidy(() => tf.div(frames([2, ...item]), item.length === 1 ? 255 : 1)); // tanh must not saturate
    const loss = () => tf.tidy(() => tf.sum(tf.square(layer.forward(x)))) as tf.Scalar;
    loss().dispose();
    const { value, grads } = tf.variableGrads(loss);
    for (const [name, variable] of layer.variables) {
      const values = variable.dataSync<"float32">().slice();
      const gradient = grads[variable.name].dataSync();
      let index = 0;
      gradient.forEach((slope, i) => {
        if (Math.abs(slope) > Math.abs(gradient[index])) index = i;
      });
      const at = (step: number) => {
        const moved = values.slice();
        moved[index] += step;
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
        return tf.tidy(() => loss().dataSync()[0]);
      };
      const step = 1e-3;
      const numeric = (at(step) - at(-step)) / (2 * step);
      at(0);
      expect(Math.abs(numeric / gradient[index] - 1), name).toBeLessThan(0.02);
    }
    tf.dispose([value, grads, x]);
    layer.dispose();
  });

  it("frees its weights and leaks no tensors", () => {
    const x = frames([2, ...item]);
    const warm = make();
    warm.forward(x).dispose();
    warm.dispose();
    const before = tf.memory().numTensors;
    const layer = make();
    layer.forward(x).dispose();
    const built = tf.memory().numTensors;
    expect(built - before).toBe(layer.variables.size);
    layer.forward(x).dispose();
    const { value, grads } = tf.variableGrads(() => tf.sum(layer.forward(x)) as tf.Scalar);
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(built);
    layer.dispose();
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

describe("encoders", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("have the sizes of their papers", () => {
    const conv = new ConvBlock({ seed: 0 });
    conv.build([null, 84, 84, 4]);
    expect(countWeights(conv)).toBe(1_440_576);
    expect(conv.computeOutputShape([null, 84, 84, 4])).toEqual([null, 256]);
    conv.dispose();
    const nature = new NatureCNN({ kernelInitializer: "torchUniform", seed: 0 });
    nature.build([null, 84, 84, 4]);
    expect(countWeights(nature)).toBe(1_686_693 - 2565); // without the two heads
    expect([...nature.variables.keys()].slice(-2)).toEqual([
      "nature_cnn/dense/kernel",
      "nature_cnn/dense/bias",
    ]);
    expect(nature.variables.get("nature_cnn/dense/kernel")!.shape).toEqual([3136, 512]);
    nature.dispose();
  });

  it("are initialised by their initializers", () => {
    const torch = new NatureCNN({ kernelInitializer: "torchUniform", units: 4, seed: 0 });
    torch.build([null, 36, 36, 4]);
    const bias = Math.max(...torch.variables.get("nature_cnn/conv1/bias")!.dataSync().map(Math.abs));
    expect(bias).toBeLessThanOrEqual(1 / 16);
    expect(bias).toBeGreaterThan(1 / 20);
    torch.dispose();
    const zeros = new NatureCNN({ units: 4, seed: 0 });
    zeros.build([null, 36, 36, 4]);
    expect(Math.max(...zeros.variables.get("nature_cnn/conv1/bias")!.dataSync())).toBe(0);
    const kernel = zeros.variables.get("nature_cnn/dense/kernel")!.dataSync<"float32">();
    const norm = kernel.filter((_, i) => i % 4 === 0).reduce((sum, value) => sum + value * value, 0);
    expect(norm).toBeCloseTo(2, 4);
    zeros.dispose();
  });

  it("divide bytes by 255 exactly once", () => {
    tf.tidy(() => {
      const x = frames([1, 12, 12, 1]);
      const block = new ConvBlock({ filters: [3], seed: 1 });
      const plain = new ConvBlock({ filters: [3], scale: 1, seed: 1 });
      expect(distance(block.forward(x), plain.forward(tf.div(x, 255)))).toBeLessThan(1e-6);
      block.dispose();
      plain.dispose();
    });
  });

  it("equal the same layers of tfjs", () => {
    tf.tidy(() => {
      const x = frames([2, 21, 18, 3]);
      const block = new ConvBlock({ filters: [4, 5], seed: 1 });
      const actual = block.forward(x);
      let y = tf.div(tf.cast(x, "float32"), 255);
      for (const i of [1, 2]) {
        const kernel = block.variables.get(`conv_block/conv${i}/kernel`) as tf.Tensor4D;
        y = tf.relu(
          tf.add(
            tf.conv2d(y as tf.Tensor4D, kernel, 2, "same"),
            block.variables.get(`conv_block/conv${i}/bias`)!,
          ),
        );
      }
      expect(distance(actual, tf.mean(y, [1, 2]))).toBeLessThan(1e-6);
      block.dispose();
    });
  });

  it("name the invalid option or shape", () => {
    expect(() => new ConvBlock({ filters: [] })).toThrow("filters: ");
    expect(() => new ConvBlock({ padding: "full" as "same" })).toThrow(InvalidArgumentError);
    expect(() => new ConvBlock({ kernelInitializer: "he" as "heNormal" })).toThrow("kernelInitializer: ");
    expect(() => new MLP({ hiddenUnits: [0] })).toThrow("hiddenUnits: ");
    expect(() => new MLP({ activation: "swish" as "silu" })).toThrow("activation: ");
    expect(() => new NatureCNN().build([null, 20, 20, 4])).toThrow(ShapeError);
    expect(() => new NatureCNN().build([84, 84, 4])).toThrow("inputShape: expected");
    expect(() => new ConvBlock().build([null, null, 84, 4])).toThrow(ShapeError);
    expect(() => new Linear({ units: 2 }).build([null, null])).toThrow(ShapeError);
  });
});

it("reject images too small for a ConvBlock without padding", () => {
  const block = new ConvBlock({ filters: [2, 2], padding: "valid" });
  expect(() => block.build([null, 6, 6, 1])).toThrow(ShapeError);
});

describe("images that are too small", () => {
  it.each<[string, () => Block, number]>([
    ["NatureCNN", () => new NatureCNN({ seed: 0 }), 36],
    ["ImpalaConvBlock", () => new ImpalaConvBlock({ seed: 0 }), 36],
    ["ConvBlock", () => new ConvBlock({ padding: "valid", seed: 0 }), 61],
    ["ConvStack", () => new ConvStack({ convolutions: [{ filters: 4, size: 8, strides: 4 }], seed: 0 }), 8],
  ])("are rejected by %s with their size and the smallest possible", (_, make, least) => {
    const layer = make();
    expect(() => layer.build([null, 20, least - 1, 3])).toThrow(
      `height and width of at least ${least}, received [, 20, ${least - 1}, 3]`,
    );
    layer.build([null, least, least, 3]);
    layer.dispose();
  });
});

describe("layers", () => {
  it.each<[string, () => unknown]>([
    ["did you mean hiddenUnits?", () => new MLP({ hiddenUnit: [4] } as never)],
    ["kernelInitializer", () => new Linear({ units: 4, kernel_initializer: "zeros" } as never)],
    ["kernelSize", () => new ConvBlock({ kernelsize: 3 } as never)],
    ["convolutions", () => new NatureCNN({ convolution: [] } as never)],
    ["flavour", () => new CfC({ units: 4, flavor: "tf" } as never)],
    ["returnSequences", () => new CfC({ units: 4, return_sequences: true } as never)],
    ["backboneUnits", () => new CfC({ units: 4, backboneUnit: 5 } as never)],
    ["odeUnfolds", () => new LTC({ units: 4, ode_unfold: 5 } as never)],
    ["expected units or a wiring, received neither", () => new CfC({})],
    ["CfC expected an object of options", () => new CfC(undefined as never)],
  ])("suggest the correct option: %s", (meant, make) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(meant);
  });
});

it("Subclasses of layers can have additional options", () => {
  class Own extends MLP {
    constructor(options: { hiddenUnits: number[]; mine: number }) {
      super(options);
    }
  }
  expect(new Own({ hiddenUnits: [2], mine: 3 }).hiddenUnits).toEqual([2]);
});
