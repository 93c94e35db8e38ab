/**
 * A small ConvNet trained with tfjs-layers' own `model.fit`, with no part of the library except `useBackend`: on tfjs's
 * cpu backend, on its wasm backend as it comes, and on the wasm backend prepared by `tfjs-training`.
 */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { removeWasmRepairs, useBackend } from "tfjs-training";
import type { BenchmarkResult } from "./run.js";

const [images, size, classes] = [512, 28, 10];

function makeModel(): tfl.Sequential {
  const model = tfl.sequential();
  model.add(
    tfl.layers.conv2d({ inputShape: [size, size, 1], filters: 16, kernelSize: 3, activation: "relu" }),
  );
  model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
  model.add(tfl.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }));
  model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
  model.add(tfl.layers.flatten());
  model.add(tfl.layers.dense({ units: classes, activation: "softmax" }));
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  return model;
}

async function trainEpoch(): Promise<{ seconds: number; loss: number }> {
  const model = makeModel();
  const x = tf.randomUniform([images, size, size, 1], 0, 1, "float32", 1);
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: images }, (_, i) => i % classes),
      "int32",
    ),
    classes,
  );
  const options = { batchSize: 64, epochs: 1, shuffle: false, verbose: 0 as const };
  await model.fit(x, y, options); // compiles kernels and allocates memory
  const began = process.cpuUsage();
  const { history } = await model.fit(x, y, options);
  const { user, system } = process.cpuUsage(began);
  tf.dispose([x, y]);
  model.dispose();
  return { seconds: (user + system) / 1e6, loss: Number(history.loss[0]) };
}

/** Seconds of processor time for one epoch of 512 images. */
export async function run(): Promise<BenchmarkResult> {
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  const measure = async (name: string, key: string) => {
    try {
      const { seconds, loss } = await trainEpoch();
      rows.push({ backend: name, "seconds an epoch": seconds.toPrecision(3), loss: loss.toPrecision(4) });
      metrics[key] = seconds;
    } catch (error) {
      rows.push({
        backend: name,
        "seconds an epoch": (error as Error).message.split("\n")[0].slice(0, 60),
        loss: "",
      });
    }
  };
  await tf.setBackend("cpu");
  await measure("cpu, as tfjs brings it", "cpu");
  await useBackend("wasm", { accelerator: false });
  removeWasmRepairs();
  await measure("wasm, as tfjs brings it", "stock");
  await useBackend("wasm", { accelerator: false });
  await measure("wasm with tfjs-training", "trained");
  return { rows, metrics };
}
