/**
 * One step of a recurrent layer, batch 1: the stepper, and the layer's scan with tensors on wasm, compared with ncps on
 * PyTorch. `npm run bench -- step [turns]`.
 */

import * as tf from "@tensorflow/tfjs-core";
import { CfC } from "../src/layers/cfc.js";
import { LTC } from "../src/layers/ltc.js";
import type { RecurrentLayer } from "../src/layers/recurrent-layer.js";
import { useBackend } from "../src/recurrent/use-backend.js";
import { createStepper } from "../src/steppers/stepper.js";
import { AutoNCP } from "../src/wirings/auto-ncp.js";
import type { BenchmarkResult } from "./run.js";
import { compareRecurrent, type PeerCase, type RecurrentCase } from "./support/recurrent.js";

const wiring = new AutoNCP({ units: 32, outputSize: 4 });
const repeats = 50;

interface Case {
  name: string;
  layer: PeerCase["layer"];
  features: number;
  units: number;
  make: () => RecurrentLayer;
}

const layers: Case[] = [
  {
    name: "CfC(256 -> 64)",
    layer: "cfc",
    features: 256,
    units: 64,
    make: () => new CfC({ units: 64, seed: 0 }),
  },
  {
    name: "CfC(16 -> AutoNCP(32, 4))",
    layer: "wired",
    features: 16,
    units: 32,
    make: () => new CfC({ wiring, seed: 0 }),
  },
  {
    name: "LTC(16 -> AutoNCP(32, 4))",
    layer: "ltc",
    features: 16,
    units: 32,
    make: () => new LTC({ wiring, seed: 0 }),
  },
  {
    name: "LTC(16 -> 64), fully connected",
    layer: "ltc-full",
    features: 16,
    units: 64,
    make: () => new LTC({ units: 64, seed: 0 }),
  },
];

/** Measures all cases, alternating with PyTorch. */
export async function run([turns = "25"]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm");
  const cases = layers.flatMap(({ name, layer: kind, features, units, make }): RecurrentCase[] => {
    const layer = make();
    layer.build([null, null, features]);
    const stepper = createStepper(layer);
    const x = Float32Array.from({ length: features }, (_, i) => Math.sin(i));
    const state = stepper.initialState();
    const peerCase = { layer: kind, features, units, outputs: 4, batch: 1, time: 1, backward: false };
    const common = { peerCase, repeats, turns: Number(turns) };
    return [
      {
        ...common,
        label: `${name}, stepper`,
        metric: `step_${kind.replace("-", "_")}`,
        program: () => void stepper.step(x, state),
      },
      {
        ...common,
        label: `${name}, scan`,
        metric: `step_${kind.replace("-", "_")}_scan`,
        program: () => scanOnce(layer, x, state),
      },
    ];
  });
  return compareRecurrent(cases);
}

/** One step of a control loop with tensors: inputs and state in, outputs and state back out. */
function scanOnce(layer: RecurrentLayer, x: Float32Array, state: Float32Array): void {
  tf.tidy(() => {
    const start = tf.tensor2d(state, [1, state.length]);
    const scanned = layer.scan(tf.tensor3d(x, [1, 1, x.length]), { state: start });
    scanned.outputs.dataSync();
    scanned.state.dataSync();
  });
}
