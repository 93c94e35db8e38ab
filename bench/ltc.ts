/** The LTC scan over the list of synapses against the same cell composed of tensor operations, on wasm. */

import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../src/backends/index.js";
import { LTC } from "../src/layers/ltc.js";
import { ltcComposed } from "../src/ops/ltc-composed.js";
import { toRows } from "../src/ops/sequence-rows.js";
import { AutoNCP } from "../src/wirings/auto-ncp.js";
import { FullyConnected } from "../src/wirings/fully-connected.js";
import type { Wiring } from "../src/wirings/wiring.js";
import type { BenchResult } from "./cfc.js";
import { best, gradients } from "./support/timing.js";

interface Case {
  name: string;
  wiring: Wiring;
  batch: number;
  time: number;
  backward: boolean;
  repeats: number;
  /** Whether the composition, which needs memory for all pairs of neurons at once, is measured too. */
  composed: boolean;
}

const ncp = new AutoNCP({ units: 32, outputSize: 4 });
const dense = new FullyConnected({ units: 64 });
const features = 16;

const cases: Case[] = [
  { name: "ncp32", wiring: ncp, batch: 32, time: 32, backward: true, repeats: 20, composed: true },
  { name: "ncp32", wiring: ncp, batch: 1, time: 1, backward: false, repeats: 1000, composed: true },
  { name: "full64", wiring: dense, batch: 32, time: 32, backward: true, repeats: 3, composed: false },
];

/** Measures all cases; each time is the best of its repetitions. */
export async function run(): Promise<BenchResult> {
  await useBackend("wasm");
  const result: BenchResult = { rows: [], figures: {} };
  for (const entry of cases) measure(result, entry);
  return result;
}

function measure({ rows, figures }: BenchResult, entry: Case): void {
  const { name, wiring, batch, time, backward, repeats, composed } = entry;
  const layer = new LTC({ wiring, seed: 0 });
  layer.build([null, null, features]);
  const x = tf.randomNormal<tf.Rank.R3>([batch, time, features], 0, 1, "float32", 1);
  const state = layer.initialState(batch);
  const { weights, builtWiring, odeUnfolds, epsilon } = layer.cell;
  const settings = { odeUnfolds, epsilon, implicitConstraints: true, elapsed: 1 };
  const scans: [string, () => tf.Tensor, number][] = [
    ["scan", () => layer.scan(x, { state }).outputs, repeats],
    ["composed", () => ltcComposed({ x: toRows(x), state, weights }, settings, builtWiring), 3],
  ];
  for (const kind of backward ? ["forward", "forward+backward"] : ["forward"]) {
    const row: Record<string, string | number> = {
      case: `LTC(${features} -> ${wiring.units}), ${builtWiring.synapseCount} synapses, T ${time}, B ${batch}`,
      pass: kind,
    };
    for (const [scanName, scan, times] of composed ? scans : scans.slice(0, 1)) {
      const pass = kind === "forward" ? () => tf.tidy(() => void scan()) : () => gradients(scan);
      const milliseconds = best(pass, times);
      row[`${scanName} ms`] = Number(milliseconds.toPrecision(3));
      figures[`ltc_${name}_t${time}_b${batch}_${kind}_${scanName}_ms`] = milliseconds;
    }
    rows.push(row);
  }
  tf.dispose([x, state]);
  layer.dispose();
}
