/** The CfC scan against the same cell written with plain tfjs operations, on the wasm backend. */

import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../src/backends/index.js";
import type { CfCCell } from "../src/cells/cfc-cell.js";
import { CfC } from "../src/layers/cfc.js";
import { best, gradients } from "./support/timing.js";

/** Rows for the table, and the same numbers by name in milliseconds. */
export interface BenchResult {
  /** One row for each measurement. */
  rows: Record<string, string | number>[];
  /** Milliseconds by name. */
  figures: Record<string, number>;
}

interface Sizes {
  batch: number;
  time: number;
  features: number;
  units: number;
  backbone: number;
}

const cases: { name: string; sizes: Sizes; backward: boolean; repeats: number }[] = [
  {
    name: "atari",
    sizes: { batch: 32, time: 32, features: 256, units: 64, backbone: 128 },
    backward: true,
    repeats: 15,
  },
  {
    name: "atari",
    sizes: { batch: 8, time: 1, features: 256, units: 64, backbone: 128 },
    backward: false,
    repeats: 500,
  },
  {
    name: "control",
    sizes: { batch: 32, time: 16, features: 64, units: 32, backbone: 64 },
    backward: true,
    repeats: 30,
  },
  {
    name: "control",
    sizes: { batch: 8, time: 1, features: 64, units: 32, backbone: 64 },
    backward: false,
    repeats: 500,
  },
];

/** Measures all cases; each time is the best of its repetitions. */
export async function run(): Promise<BenchResult> {
  await useBackend("wasm");
  const result: BenchResult = { rows: [], figures: {} };
  for (const { name, sizes, backward, repeats } of cases) {
    measure(result, name, sizes, backward ? ["forward", "forward+backward"] : ["forward"], repeats);
  }
  return result;
}

function measure(
  { rows, figures }: BenchResult,
  name: string,
  sizes: Sizes,
  kinds: string[],
  repeats: number,
): void {
  const { batch, time, features, units, backbone } = sizes;
  const layer = new CfC({ units, backboneUnits: backbone, seed: 0 });
  layer.build([null, null, features]);
  const composed = composedCfC(layer, sizes);
  const x = tf.randomNormal<tf.Rank.R3>([batch, time, features], 0, 1, "float32", 1);
  const state = layer.initialState(batch);
  const scans: [string, () => tf.Tensor][] = [
    ["scan", () => layer.scan(x, { state }).outputs],
    ["composed", () => composed.scan(x, state)],
  ];
  for (const kind of kinds) {
    const row: Record<string, string | number> = {
      case: `CfC(${features} -> ${units}), backbone ${backbone}, T ${time}, B ${batch}`,
      pass: kind,
    };
    for (const [scanName, scan] of scans) {
      const pass = kind === "forward" ? () => tf.tidy(() => void scan()) : () => gradients(scan);
      const milliseconds = best(pass, repeats);
      row[`${scanName} ms`] = Number(milliseconds.toPrecision(3));
      figures[`cfc_${name}_t${time}_b${batch}_${kind}_${scanName}_ms`] = milliseconds;
    }
    rows.push(row);
  }
  tf.dispose([x, state, ...composed.variables]);
  layer.dispose();
}

// The cell as one would write it: four heads, one taped operation after the other.
function composedCfC(layer: CfC, { units, features, time, batch }: Sizes) {
  const { backbone, heads } = (layer.cell as CfCCell).weights;
  const parts = (weight: tf.Tensor) =>
    tf.tidy(() => tf.split(weight, 4, -1).map((part) => tf.variable(part)));
  const [kernels, biases] = [parts(heads.kernel), parts(heads.bias)];
  const [{ kernel, bias }] = backbone;
  const step = (x: tf.Tensor, h: tf.Tensor) => {
    const u = tf.add(tf.matMul(tf.concat([x, h], 1), kernel), bias);
    const z = tf.mul(tf.tanh(tf.mul(u, 0.666)), 1.7159);
    const [f, g, a, c] = kernels.map((head, i) => tf.add(tf.matMul(z, head), biases[i]));
    const gate = tf.sigmoid(tf.add(a, c));
    return tf.add(tf.mul(tf.tanh(f), tf.sub(1, gate)), tf.mul(gate, tf.tanh(g)));
  };
  const scan = (x: tf.Tensor3D, state: tf.Tensor2D) => {
    let h: tf.Tensor = state;
    const steps = time === 1 ? [tf.reshape(x, [batch, features])] : tf.unstack(x, 1);
    const outputs = steps.map((input) => {
      h = step(input, h);
      return h;
    });
    return time === 1 ? tf.reshape(h, [batch, 1, units]) : tf.stack(outputs, 1);
  };
  return { scan, variables: [...kernels, ...biases] };
}
