/**
 * A small ConvNet and an MLP of tfjs-layers, trained in four ways with the same batches: `model.fit` on tfjs's cpu and
 * wasm backends as they come, and on the wasm backend prepared by `tfjs-training` with `model.fit`, `trainOnBatch` and
 * a compiled step. No part of ncps-ts.
 */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import {
  Adam,
  type ArrayInput,
  compile,
  removeWasmRepairs,
  type TracedInputs,
  useBackend,
} from "tfjs-training";
import type { BenchmarkResult } from "./run.js";

const [batchSize, size, classes] = [64, 28, 10];
const { layers } = tfl;

interface Net {
  name: string;
  images: number;
  make(): NonNullable<tfl.SequentialArgs["layers"]>;
}

const nets: Net[] = [
  {
    name: "ConvNet",
    images: 256,
    make: () => [
      layers.conv2d({
        inputShape: [size, size, 1],
        filters: 16,
        kernelSize: 3,
        activation: "relu",
        ...seeded(1),
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", ...seeded(2) }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: classes, activation: "softmax", ...seeded(3) }),
    ],
  },
  {
    name: "MLP",
    images: 1024,
    make: () => [
      layers.flatten({ inputShape: [size, size, 1] }),
      layers.dense({ units: 128, activation: "relu", ...seeded(1) }),
      layers.dense({ units: 64, activation: "relu", ...seeded(2) }),
      layers.dense({ units: classes, activation: "softmax", ...seeded(3) }),
    ],
  },
];

function seeded(seed: number) {
  return { kernelInitializer: tfl.initializers.glorotUniform({ seed }) };
}

interface Training {
  /** One epoch; returns its mean loss. */
  epoch(): Promise<number>;
  dispose(): void;
}

type Way = (net: Net, model: tfl.Sequential) => Training;

function makeData({ images }: Net): { x: tf.Tensor4D; y: tf.Tensor2D } {
  const labels = Int32Array.from({ length: images }, (_, i) => i % classes);
  return {
    x: tf.randomUniform([images, size, size, 1], 0, 1, "float32", 1),
    y: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32") as tf.Tensor2D),
  };
}

const fit: Way = (net, model) => {
  const { x, y } = makeData(net);
  return {
    async epoch() {
      const { history } = await model.fit(x, y, { batchSize, epochs: 1, shuffle: false, verbose: 0 });
      return Number(history.loss[0]);
    },
    dispose: () => tf.dispose([x, y]),
  };
};

const trainOnBatch: Way = (net, model) => {
  const { x, y } = makeData(net);
  return {
    async epoch() {
      let sum = 0;
      for (let at = 0; at < net.images; at += batchSize) {
        const batch = [tf.slice(x, at, batchSize), tf.slice(y, at, batchSize)];
        sum += Number(await model.trainOnBatch(batch[0], batch[1]));
        tf.dispose(batch);
      }
      return (sum * batchSize) / net.images;
    },
    dispose: () => tf.dispose([x, y]),
  };
};

const compiled: Way = (net, model) => {
  const [x, y] = Object.values(makeData(net)).map((tensor) => {
    const values = tensor.dataSync<"float32">();
    tensor.dispose();
    return values;
  });
  const optimizer = new Adam({ epsilon: 1e-7 }); // as tf.train.adam
  const variables = Object.fromEntries(
    model.trainableWeights.map((weight) => [weight.name, weight.read() as tf.Variable]),
  );
  const step = compile(
    ({ x, y, learningRate }: TracedInputs<{ x: ArrayInput; y: ArrayInput; learningRate: number }>) =>
      optimizer.minimize(
        () => {
          const predictions = model.apply(x, { training: true }) as tf.Tensor;
          return tf.mean(tfl.metrics.categoricalCrossentropy(y, predictions)) as tf.Scalar;
        },
        variables,
        { learningRate },
      ),
  );
  const pixels = size * size;
  return {
    async epoch() {
      let sum = 0;
      for (let at = 0; at < net.images; at += batchSize) {
        const { loss } = await step.read({
          x: {
            values: x.subarray(at * pixels, (at + batchSize) * pixels),
            shape: [batchSize, size, size, 1],
          },
          y: { values: y.subarray(at * classes, (at + batchSize) * classes), shape: [batchSize, classes] },
          learningRate: 1e-3,
        });
        sum += loss;
      }
      return (sum * batchSize) / net.images;
    },
    dispose() {
      step.dispose();
      optimizer.dispose();
    },
  };
};

/** Milliseconds of processor time for one step on 64 images, the least of some epochs, and the loss of the second epoch. */
async function measure(net: Net, way: Way, epochs: number): Promise<{ milliseconds: number; loss: number }> {
  const model = tfl.sequential({ layers: net.make() });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
  const training = way(net, model);
  await training.epoch(); // kernels are compiled, memory is taken
  let milliseconds = Number.POSITIVE_INFINITY;
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const began = process.cpuUsage();
    losses.push(await training.epoch());
    const { user, system } = process.cpuUsage(began);
    milliseconds = Math.min(milliseconds, ((user + system) / 1e3 / net.images) * batchSize);
  }
  training.dispose();
  model.dispose();
  return { milliseconds, loss: losses[0] };
}

/** Milliseconds of processor time a step, and the loss of the second epoch. */
export async function run(): Promise<BenchmarkResult> {
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  const add = async (backend: string, trained: string, key: string, way: Way) => {
    const row: BenchmarkResult["rows"][number] = { backend, "trained by": trained };
    for (const net of nets) {
      try {
        const { milliseconds, loss } = await measure(net, way, key === "cpu" ? 1 : 5);
        row[`${net.name}, ms a step`] = milliseconds.toPrecision(3);
        row[`${net.name}, loss`] = loss.toPrecision(4);
        metrics[`${key} ${net.name}`] = milliseconds;
      } catch (error) {
        row[`${net.name}, ms a step`] = (error as Error).message
          .split("\n")[0]
          .replace(/ not registered.*/, " is missing");
        row[`${net.name}, loss`] = "";
      }
    }
    rows.push(row);
  };
  await tf.setBackend("cpu");
  await add("cpu, as tfjs brings it", "model.fit", "cpu", fit);
  await useBackend("wasm", { accelerator: false });
  removeWasmRepairs();
  await add("wasm, as tfjs brings it", "model.fit", "stock", fit);
  await useBackend("wasm", { accelerator: false });
  await add("wasm with tfjs-training", "model.fit", "fit", fit);
  await add("wasm with tfjs-training", "model.trainOnBatch", "trainOnBatch", trainOnBatch);
  await add("wasm with tfjs-training", "a compiled step", "compiled", compiled);
  return { rows, metrics };
}
