/** One step of a recurrent layer, batch 1: the stepper in plain arrays against the layer's scan on wasm. */

import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../src/backends/index.js";
import { createStepper } from "../src/cells/stepper.js";
import { CfC } from "../src/layers/cfc.js";
import { LTC } from "../src/layers/ltc.js";
import type { RecurrentLayer } from "../src/layers/recurrent-layer.js";
import { AutoNCP } from "../src/wirings/auto-ncp.js";
import type { BenchResult } from "./cfc.js";

const wiring = new AutoNCP({ units: 16, outputSize: 4 });

interface Case {
  name: string;
  figure: string;
  features: number;
  layer: () => RecurrentLayer;
}

const cases: Case[] = [
  {
    name: "CfC(256 -> 64)",
    figure: "cfc64",
    features: 256,
    layer: () => new CfC({ units: 64, seed: 0 }),
  },
  { name: "CfC(16 -> 32)", figure: "cfc32", features: 16, layer: () => new CfC({ units: 32, seed: 0 }) },
  {
    name: "CfC(4 -> AutoNCP(16, 4))",
    figure: "wired16",
    features: 4,
    layer: () => new CfC({ wiring, seed: 0 }),
  },
  {
    name: "LTC(4 -> AutoNCP(16, 4))",
    figure: "ltc16",
    features: 4,
    layer: () => new LTC({ wiring, seed: 0 }),
  },
];

/** Measures all cases; each time is the best of its rounds. */
export async function run(): Promise<BenchResult> {
  await useBackend("wasm");
  const result: BenchResult = { rows: [], figures: {} };
  for (const { name, figure, features, layer: make } of cases) {
    const layer = make();
    layer.build([null, null, features]);
    const stepper = createStepper(layer);
    const x = Float32Array.from({ length: features }, (_, i) => Math.sin(i));
    const state = stepper.initialState();
    const plain = bestMicroseconds(200, () => void stepper.step(x, state, 0.5));
    const tensors = bestMicroseconds(20, () => scanOnce(layer, x, state));
    result.rows.push({ case: name, "stepper µs": rounded(plain), "scan µs": rounded(tensors) });
    result.figures[`step_${figure}_us`] = plain;
    result.figures[`step_${figure}_scan_us`] = tensors;
    layer.dispose();
  }
  return result;
}

/** What a control loop with tensors does: inputs and state in, outputs and state back out. */
function scanOnce(layer: RecurrentLayer, x: Float32Array, state: Float32Array): void {
  tf.tidy(() => {
    const start = tf.tensor2d(state, [1, state.length]);
    const scanned = layer.scan(tf.tensor3d(x, [1, 1, x.length]), { state: start, elapsed: 0.5 });
    scanned.outputs.dataSync();
    scanned.state.dataSync();
  });
}

function bestMicroseconds(calls: number, call: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 60; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    least = Math.min(least, (1000 * (performance.now() - start)) / calls);
  }
  return least;
}

function rounded(microseconds: number): number {
  return Number(microseconds.toPrecision(3));
}
