/** LTC layers, sparse and fully connected, compared with ncps on PyTorch: `npm run bench -- ltc [turns]`. */

import * as tf from "@tensorflow/tfjs-core";
import { LTC } from "../src/layers/ltc.js";
import { useBackend } from "../src/recurrent/use-backend.js";
import { AutoNCP } from "../src/wirings/auto-ncp.js";
import { FullyConnected } from "../src/wirings/fully-connected.js";
import type { Wiring } from "../src/wirings/wiring.js";
import type { BenchmarkResult } from "./run.js";
import { compareRecurrent, type PeerCase, type RecurrentCase } from "./support/recurrent.js";
import { gradients } from "./support/timing.js";

const layers: { name: string; layer: PeerCase["layer"]; wiring: Wiring }[] = [
  { name: "LTC(16 -> AutoNCP(32, 4))", layer: "ltc", wiring: new AutoNCP({ units: 32, outputSize: 4 }) },
  { name: "LTC(16 -> 64), fully connected", layer: "ltc-full", wiring: new FullyConnected({ units: 64 }) },
];

/** Measures all cases, alternating with PyTorch. */
export async function run([turns = "8"]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm");
  const [batch, time, features] = [32, 32, 16];
  const cases = layers.flatMap(({ name, layer: kind, wiring }): RecurrentCase[] => {
    const layer = new LTC({ wiring, seed: 0 });
    layer.build([null, null, features]);
    const x = tf.randomNormal<tf.Rank.R3>([batch, time, features], 0, 1, "float32", 1);
    const state = layer.initialState(batch);
    const scan = () => layer.scan(x, { state }).outputs;
    return [false, true].map((backward) => ({
      label: `${name}, T ${time}, B ${batch}, ${backward ? "forward+backward" : "forward"}`,
      metric: `${kind.replace("-", "_")}_t${time}_b${batch}_${backward ? "both" : "forward"}`,
      program: backward ? () => gradients(scan) : () => void tf.tidy(() => void scan()),
      peerCase: { layer: kind, features, units: wiring.units, outputs: 4, batch, time, backward },
      repeats: 1,
      turns: Number(turns),
    }));
  });
  return compareRecurrent(cases);
}
