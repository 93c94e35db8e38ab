/**
 * Steering past obstacles from lidar (after ncps's stacking example; Lechner et al. 2020): convolutions over the beams,
 * then a neural circuit of 21 liquid neurons, learn from a human driver. With the recorded drives (one .npz of all, or
 * one .csv each, see the data set `icra_lds` of mlech26l) in a folder:
 *
 *     npx tsx examples/lidar-steering/index.ts --data FOLDER [--model ltc|cfc] [--epochs 8] [--seed 0]
 *
 * Without `--data` it learns from a small simulation, which shows that it works and nothing more.
 */

import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { splitLidarTraces } from "../../src/datasets/lidar-sequences.js";
import { CfC, useBackend } from "../../src/index.js";
import { LTC } from "../../src/layers/ltc.js";
import { NCP } from "../../src/wirings/ncp.js";
import { readDrives, simulateDrives } from "./drives.js";
import { learn } from "./learning.js";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    model: { type: "string", default: "cfc" },
    epochs: { type: "string", default: "8" },
    batch: { type: "string", default: "32" },
    seed: { type: "string", default: "0" },
  },
});
if (values.model !== "ltc" && values.model !== "cfc") {
  throw new Error(`--model: expected ltc or cfc, received ${values.model}`);
}
const seed = Number(values.seed);

await useBackend();
if (!values.data) {
  console.log("No --data folder: learning from simulated drives, not from the recorded data set.");
}
const drives = values.data ? readDrives(values.data) : simulateDrives(8, 112, 1);
const { train, test } = splitLidarTraces(drives, { testTraces: Math.min(7, Math.ceil(drives.length / 4)) });
console.log(`${drives.length} drives: ${train.count} sequences to learn from, ${test.count} to test on`);

const wiring = new NCP({
  interNeurons: 12,
  commandNeurons: 8,
  motorNeurons: 1,
  sensoryFanout: 4,
  interFanout: 4,
  recurrentCommandSynapses: 4,
  motorFanin: 6,
});
const circuit = values.model === "ltc" ? new LTC({ wiring, seed }) : new CfC({ wiring, seed });
learn({ circuit, train, test, epochs: Number(values.epochs), batch: Number(values.batch), seed });
tf.disposeVariables();
