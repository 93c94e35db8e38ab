/**
 * CfC layers, dense, wired and with mixed memory, compared with ncps on PyTorch:
 * `npm run bench -- cfc [turns] [accelerated]`, the latter with matrix products by onnxruntime-node.
 */

import * as tf from "@tensorflow/tfjs-core";
import { installAccelerator } from "../packages/tfjs-training/src/node/accelerator.js";
import { CfC, type CfCOptions } from "../src/layers/cfc.js";
import { useBackend } from "../src/recurrent/use-backend.js";
import { AutoNCP } from "../src/wirings/auto-ncp.js";
import type { BenchmarkResult } from "./run.js";
import { compareRecurrent, type PeerCase, type RecurrentCase } from "./support/recurrent.js";
import { gradients } from "./support/timing.js";

const wiring = new AutoNCP({ units: 32, outputSize: 4 });

const layers: { name: string; layer: PeerCase["layer"]; features: number; options: CfCOptions }[] = [
  { name: "CfC(256 -> 64)", layer: "cfc", features: 256, options: { units: 64 } },
  { name: "CfC(16 -> AutoNCP(32, 4))", layer: "wired", features: 16, options: { wiring } },
  {
    name: "CfC(256 -> 64, mixed memory)",
    layer: "cfc-mixed",
    features: 256,
    options: { units: 64, mixedMemory: true },
  },
];

/** Measures all cases, alternating with PyTorch. */
export async function run([turns = "15", engine]: string[]): Promise<BenchmarkResult> {
  await useBackend("wasm");
  if (engine === "accelerated") console.error((await installAccelerator()).reason);
  const [batch, time] = [32, 32];
  const cases = layers.flatMap(({ name, layer: kind, features, options }): RecurrentCase[] => {
    const layer = new CfC({ ...options, seed: 0 });
    layer.build([null, null, features]);
    const x = tf.randomNormal<tf.Rank.R3>([batch, time, features], 0, 1, "float32", 1);
    const state = layer.initialState(batch);
    const scan = () => layer.scan(x, { state }).outputs;
    return [false, true].map((backward) => ({
      label: `${name}, T ${time}, B ${batch}, ${backward ? "forward+backward" : "forward"}`,
      metric: `${kind.replace("-", "_")}_t${time}_b${batch}_${backward ? "both" : "forward"}`,
      program: backward ? () => gradients(scan) : () => void tf.tidy(() => void scan()),
      peerCase: { layer: kind, features, units: options.units ?? 32, outputs: 4, batch, time, backward },
      repeats: 10,
      turns: Number(turns),
    }));
  });
  return compareRecurrent(cases);
}
