/**
 * The small kernels of training on the wasm backend, tfjs's stock ones and those of this library: nanoseconds per
 * element of the output, or of the input if that is larger. `npm run bench -- small-kernels [turns]`.
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-wasm";
import { Adam, RMSProp, SGD } from "tfjs-training";
import { installWasmRepairs, removeWasmRepairs } from "../packages/tfjs-training/src/wasm/install.js";
import type { BenchmarkResult } from "./run.js";

interface Operation {
  name: string;
  elements: number;
  run: () => unknown;
}

/** Measures every operation before and after the repairs, alternating; the best of all runs counts. */
export async function run([turns = "5"]: string[]): Promise<BenchmarkResult> {
  await tf.setBackend("wasm");
  await tf.ready();
  const list = operations();
  const stock = list.map(() => Number.NaN);
  const ours = list.map(() => Number.NaN);
  for (let turn = 0; turn < Number(turns); turn++) {
    removeWasmRepairs();
    list.forEach((operation, i) => {
      stock[i] = least(stock[i], nanoseconds(operation));
    });
    installWasmRepairs();
    list.forEach((operation, i) => {
      ours[i] = least(ours[i], nanoseconds(operation));
    });
  }
  const result: BenchmarkResult = { rows: [], metrics: {} };
  list.forEach(({ name }, i) => {
    const missing = Number.isNaN(stock[i]);
    result.rows.push({
      operation: name,
      "tfjs ns": missing ? "missing" : stock[i].toPrecision(3),
      "ncps-ts ns": Number(ours[i].toPrecision(3)),
      faster: missing ? "" : (stock[i] / ours[i]).toPrecision(3),
    });
    result.metrics[name] = Number(ours[i].toPrecision(4));
  });
  return result;
}

function operations(): Operation[] {
  const matrix = [512, 512];
  const x = tf.randomUniform(matrix, -2, 2, "float32", 1);
  const y = tf.randomUniform(matrix, -2, 2, "float32", 2);
  const row = tf.randomUniform([512], -1, 1, "float32", 3);
  const images = tf.randomUniform<tf.Rank.R4>([16, 32, 32, 16], -1, 1, "float32", 4);
  const volumes = tf.randomUniform<tf.Rank.R5>([4, 8, 16, 32, 16], -1, 1, "float32", 5);
  const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 16, 1], -1, 1, "float32", 6);
  const ids = tf.range(0, 512, 1, "int32");
  const mask = tf.greater(x, 0);
  const attributes = { strides: 1, pad: "same", dilations: [1, 1], dataFormat: "NHWC" };
  const kernel = (name: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap) =>
    tf.engine().runKernel(name, inputs, { ...attributes, ...more } as tf.NamedAttrMap);
  const pooled = tf.maxPool(images, 2, 2, "valid");
  const pool = { filterSize: 2, strides: 2, pad: "valid" };
  const deep = tf.maxPool3d(volumes, 2, 2, "valid");
  const pool3D = { ...pool, dataFormat: "NDHWC" };
  const unary = Object.entries({ tanh: tf.tanh, exp: tf.exp, softplus: tf.softplus, erf: tf.erf });
  const runs: Record<string, () => unknown> = {
    ...Object.fromEntries(unary.map(([name, f]) => [name, () => f(x)])),
    leakyRelu: () => tf.leakyRelu(x),
    maximum: () => tf.maximum(x, y),
    "minimum with a row": () => tf.minimum(x, row),
    greater: () => tf.greater(x, y),
    where: () => tf.where(mask, x, y),
    "transpose 512x512": () => tf.transpose(x),
    "images to channels first": () => tf.transpose(images, [0, 3, 1, 2]),
    "tile a row 512 times": () => tf.tile(row, [512]),
    reverse: () => tf.reverse(x, 0),
    "slice of columns": () => tf.slice(x, [0, 1], [512, 510]),
    "split in two": () => tf.split(x, 2, 1),
    "gather rows": () => tf.gather(x, ids),
    "sum of all": () => tf.sum(x),
    "segment sum": () => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 512),
    "max pool gradient": () => kernel("MaxPoolGrad", { dy: pooled, input: images, output: pooled }, pool),
    "max pool 3d": () => tf.maxPool3d(volumes, 2, 2, "valid"),
    "max pool 3d gradient": () => kernel("MaxPool3DGrad", { dy: deep, input: volumes, output: deep }, pool3D),
    "depthwise 3x3 filter gradient": () =>
      kernel("DepthwiseConv2dNativeBackpropFilter", { x: images, dy: images }, { filterShape: filter.shape }),
    "depthwise 3x3 input gradient": () =>
      kernel("DepthwiseConv2dNativeBackpropInput", { dy: images, filter }, { inputShape: images.shape }),
  };
  const list = Object.entries(runs).map(
    ([name, once]): Operation => ({ name, elements: 1 << 18, run: once }),
  );
  return [...list, ...steps()];
}

// Steps over the weights of the Nature network, clipped.
function steps(): Operation[] {
  const shapes = [[8, 8, 4, 32], [32], [4, 4, 32, 64], [64], [3, 3, 64, 64], [64], [3136, 512], [512]];
  const variables: Record<string, tf.Variable> = {};
  const gradients: Record<string, tf.Tensor> = {};
  shapes.forEach((shape, i) => {
    variables[i] = tf.variable(tf.randomNormal(shape, 0, 0.1, "float32", i));
    gradients[i] = tf.randomNormal(shape, 0, 1, "float32", i + 1);
  });
  const elements = Object.values(variables).reduce((sum, { size }) => sum + size, 0);
  const optimizers = {
    Adam: new Adam(),
    "RMSProp, centred": new RMSProp({ centered: true }),
    "SGD, momentum": new SGD({ momentum: 0.9 }),
  };
  return Object.entries(optimizers).map(([name, optimizer]) => ({
    name: `${name}, clipped`,
    elements,
    run: () => optimizer.applyGradients(gradients, variables, { learningRate: 1e-6, maxGradNorm: 0.5 }),
  }));
}

// Best of repeated runs within 60 ms (at least two); NaN without a kernel.
function nanoseconds({ run: once, elements }: Operation): number {
  let best = Number.NaN;
  const start = performance.now();
  for (let i = 0; i < 2 || performance.now() - start < 60; i++) {
    try {
      const before = performance.now();
      tf.tidy(() => void once());
      best = least(best, performance.now() - before);
    } catch (error) {
      if (String(error).includes("not registered")) return Number.NaN;
      throw error;
    }
  }
  return (best * 1e6) / elements;
}

function least(a: number, b: number): number {
  return a < b || Number.isNaN(b) ? a : b;
}
