/** Training operations on the wasm backend, with tfjs's stock kernels and with the repaired kernels. */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-wasm";
import { installWasmRepairs } from "tfjs-training";
import type { BenchmarkResult } from "./run.js";

interface Operation {
  /** Name in the table and of the metric. */
  name: string;
  /** Floating point operations (a multiplication and an addition are two); bytes read for reductions. */
  work: number;
  /** Unit of `work` per nanosecond. */
  unit: "GFLOPS" | "GB/s";
  /** Runs the operation once on new inputs. */
  run: () => tf.Tensor;
}

/** Measures every operation before and after {@link installWasmRepairs}, best of many runs. */
export async function run(): Promise<BenchmarkResult> {
  await tf.setBackend("wasm");
  await tf.ready();
  const list = operations();
  const before = list.map(milliseconds);
  installWasmRepairs();
  const after = list.map(milliseconds);
  const rows: BenchmarkResult["rows"] = [];
  const metrics: BenchmarkResult["metrics"] = {};
  list.forEach(({ name, work, unit }, i) => {
    const rate = (ms: number | undefined) => (ms === undefined ? Number.NaN : work / ms / 1e6);
    const shown = (value: number) => (Number.isNaN(value) ? "missing" : value.toPrecision(3));
    rows.push({
      operation: name,
      "tfjs ms": before[i] === undefined ? "missing" : before[i].toPrecision(3),
      "repaired ms": Number(after[i]?.toPrecision(3)),
      unit,
      tfjs: shown(rate(before[i])),
      repaired: Number(rate(after[i]).toPrecision(3)),
    });
    metrics[`${name} ${unit}`] = Number(rate(after[i]).toPrecision(4));
  });
  return { rows, metrics };
}

function operations(): Operation[] {
  const list: Operation[] = [];
  for (const [m, k, n] of [
    [512, 512, 512],
    [1024, 1024, 1024],
    [256, 64, 64],
    [256, 3136, 512],
    [1, 64, 64],
  ]) {
    for (const [label, tA, tB] of [
      ["NN", false, false],
      ["NT", false, true],
      ["TN", true, false],
    ] as const) {
      const a = tf.randomUniform(tA ? [k, m] : [m, k], -1, 1, "float32", 1);
      const b = tf.randomUniform(tB ? [n, k] : [k, n], -1, 1, "float32", 2);
      list.push({
        name: `matMul ${m}x${k}x${n} ${label}`,
        work: 2 * m * k * n,
        unit: "GFLOPS",
        run: () => tf.matMul(a, tf.add(b, 0), tA, tB),
      });
    }
  }
  list.push(...convolution("conv 84x84x4 8x8s4 32", [32, 84, 84, 4], [8, 8, 4, 32], 4));
  list.push(...convolution("conv 20x20x32 4x4s2 64", [32, 20, 20, 32], [4, 4, 32, 64], 2));
  list.push(...convolution("conv 9x9x64 3x3s1 64", [32, 9, 9, 64], [3, 3, 64, 64], 1));
  list.push(...convolution("conv 21x21x64 5x5s2 128", [32, 21, 21, 64], [5, 5, 64, 128], 2));
  const x = tf.randomUniform([102400, 32], -1, 1, "float32", 3);
  list.push({ name: "sum of columns 102400x32", work: 4 * x.size, unit: "GB/s", run: () => tf.sum(x, 0) });
  const images = tf.randomUniform([32, 11, 11, 256], -1, 1, "float32", 4);
  list.push({
    name: "mean of pixels 11x11x256",
    work: 4 * images.size,
    unit: "GB/s",
    run: () => tf.mean(images, [1, 2]),
  });
  const sequences = tf.randomUniform([64, 32, 512], -1, 1, "float32", 8);
  list.push({
    name: "unstack 64x32x512 into 32 steps",
    work: 4 * sequences.size,
    unit: "GB/s",
    run: () => tf.unstack(sequences, 1)[0],
  });
  const rows = tf.range(0, 1024, 1, "int32");
  const table = tf.randomUniform([1024, 1024], -1, 1, "float32", 9);
  list.push({
    name: "gather 1024 rows of 1024",
    work: 4 * table.size,
    unit: "GB/s",
    run: () => tf.gather(table, rows),
  });
  return list;
}

function convolution(
  name: string,
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  strides: number,
): Operation[] {
  const x = tf.randomUniform<tf.Rank.R4>(inputShape, -1, 1, "float32", 5);
  const filter = tf.randomUniform<tf.Rank.R4>(filterShape, -1, 1, "float32", 6);
  const attributes = { strides, pad: "valid", dataFormat: "NHWC" };
  const [batch, inHeight, inWidth, channels] = inputShape;
  const outputSize = [inHeight, inWidth].map((size, i) => Math.floor((size - filterShape[i]) / strides) + 1);
  const dy = tf.randomUniform([batch, ...outputSize, filterShape[3]], -1, 1, "float32", 7);
  const work = 2 * dy.size * filterShape[0] * filterShape[1] * channels;
  const kernel = (kernelName: string, inputs: tf.NamedTensorMap, more: object) =>
    tf.engine().runKernel(kernelName, inputs, { ...attributes, ...more }) as tf.Tensor;
  return [
    {
      name: `${name} forward`,
      work,
      unit: "GFLOPS",
      run: () => tf.conv2d(x, tf.clone(filter), strides, "valid"),
    },
    {
      name: `${name} input gradient`,
      work,
      unit: "GFLOPS",
      run: () => kernel("Conv2DBackpropInput", { dy, filter }, { inputShape }),
    },
    {
      name: `${name} filter gradient`,
      work,
      unit: "GFLOPS",
      run: () => kernel("Conv2DBackpropFilter", { x, dy }, { filterShape }),
    },
  ];
}

// Best time of repeated runs within a quarter of a second (at least two), undefined without a kernel.
function milliseconds({ run: once }: Operation): number | undefined {
  let best = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let i = 0; i < 2 || performance.now() - start < 250; i++) {
    try {
      const before = performance.now();
      tf.tidy(() => void once());
      best = Math.min(best, performance.now() - before);
    } catch (error) {
      if (String(error).includes("not registered")) return undefined;
      throw error;
    }
  }
  return best;
}
