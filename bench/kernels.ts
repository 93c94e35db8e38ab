/**
 * Products and convolutions, all passes, one thread, alternating with tfjs's stock kernels, tfjs-node and PyTorch.
 * `npm run bench -- kernels [turns]`.
 */

import * as tf from "@tensorflow/tfjs-core";
import { installWasmRepairs, removeWasmRepairs } from "tfjs-training";
import { useBackend } from "../src/recurrent/use-backend.js";
import type { BenchmarkResult } from "./run.js";
import { alternate, type Contender, measured, summarize } from "./support/alternate.js";
import { startPyTorch, startTfjsNode } from "./support/peer.js";

interface Operation {
  name: string;
  /** Floating point operations; a multiplication and an addition are two. */
  work: number;
  run: () => tf.Tensor;
  peerCase: object;
}

/** Measures every operation. */
export async function run([turns = "10"]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm", { accelerator: false });
  const [peer, node] = [await startPyTorch(), await startTfjsNode()];
  const result: BenchmarkResult = { rows: [], metrics: {} };
  for (const { name, work, run: operation, peerCase } of operations()) {
    const once = () => tf.tidy(() => void operation());
    const stock = () => {
      removeWasmRepairs();
      try {
        return measured(once);
      } finally {
        installWasmRepairs();
      }
    };
    for (let i = 0; i < 20; i++) once(); // until V8 has optimized the kernels
    const contenders: Record<string, Contender> = { "ncps-ts": () => measured(once) };
    if (!name.endsWith("filter gradient")) contenders.tfjs = stock; // tfjs has no such kernel
    if (node) contenders["tfjs-node"] = () => node.run(peerCase);
    if (peer) contenders.PyTorch = () => peer.run(peerCase);
    const measurements = await alternate(contenders, Number(turns));
    const row: Record<string, string | number> = { operation: name };
    for (const contender of ["ncps-ts", "tfjs", "tfjs-node", "PyTorch"]) {
      const times = measurements[contender]?.map(({ cpu }) => cpu);
      const rate = times ? Number((work / summarize(times).best / 1e6).toPrecision(3)) : undefined;
      row[`${contender} GFLOPS`] = rate ?? "-";
      if (rate !== undefined) result.metrics[`${name}, ${contender}`] = rate;
    }
    result.rows.push(row);
  }
  node?.close();
  peer?.close();
  return result;
}

function operations(): Operation[] {
  const list: Operation[] = [];
  for (const [m, k, n] of [
    [512, 512, 512],
    [256, 1024, 512],
  ]) {
    for (const [label, transposeA, transposeB] of [
      ["NN", false, false],
      ["NT", false, true],
      ["TN", true, false],
    ] as const) {
      const a = tf.randomUniform(transposeA ? [k, m] : [m, k], -1, 1, "float32", 1);
      const b = tf.randomUniform(transposeB ? [n, k] : [k, n], -1, 1, "float32", 2);
      list.push({
        name: `product ${m}x${k}x${n} ${label}`,
        work: 2 * m * k * n,
        run: () => tf.matMul(a, b, transposeA, transposeB),
        peerCase: { kind: "product", m, k, n, transposeA, transposeB },
      });
    }
  }
  list.push(...convolution("84x84x4, 8x8 step 4", [16, 84, 84, 4], [8, 8, 4, 32], 4));
  list.push(...convolution("20x20x32, 4x4 step 2", [16, 20, 20, 32], [4, 4, 32, 64], 2));
  list.push(...convolution("9x9x64, 3x3", [16, 9, 9, 64], [3, 3, 64, 64], 1));
  list.push(...convolution("42x42x64, 5x5 step 2", [1, 42, 42, 64], [5, 5, 64, 128], 2));
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
  const [dy, zero] = [tf.conv2d(x, filter, strides, "valid"), tf.scalar(0)];
  const attributes = { strides, pad: "valid", dataFormat: "NHWC" };
  const work = 2 * dy.size * filterShape[0] * filterShape[1] * filterShape[2];
  const kernel = (kernelName: string, inputs: tf.NamedTensorMap, more: object) =>
    tf.engine().runKernel(kernelName, inputs, { ...attributes, ...more }) as tf.Tensor;
  const passes = {
    // A new filter each time, as in training: tfjs packs a filter once and keeps it.
    forward: () => tf.conv2d(x, tf.add(filter, zero) as tf.Tensor4D, strides, "valid"),
    input: () => kernel("Conv2DBackpropInput", { dy, filter }, { inputShape }),
    filter: () => kernel("Conv2DBackpropFilter", { x, dy }, { filterShape }),
  };
  return Object.entries(passes).map(([direction, pass]) => ({
    name: `convolution ${name}, ${direction}${direction === "forward" ? "" : " gradient"}`,
    work,
    run: pass,
    peerCase: { kind: "convolution", direction, x: inputShape, filter: filterShape, strides },
  }));
}
