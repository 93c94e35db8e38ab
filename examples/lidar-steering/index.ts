/**
 * Steering past obstacles from lidar (after ncps's stacking example; Lechner et al. 2020): convolutions over the beams,
 * then a neural circuit of 21 liquid neurons, learn from a human driver. With the recorded drives (one .npz of all, or
 * one .csv each, see the data set `icra_lds` of mlech26l) in a folder:
 *
 *     node --import tsx examples/lidar-steering/index.ts --data FOLDER
 *
 * Without `--data` it learns from a small simulation, which only shows that it works.
 */

import * as tf from "@tensorflow/tfjs-core";
import { CfC, LTC, NCP, useBackend } from "ncps-ts";
import { splitLidarTraces } from "ncps-ts/datasets";
import { commandLine, wrongOption } from "../support/run-example.js";
import { readDrives, simulateDrives } from "./drives.js";
import { learn } from "./learning.js";

const usage = `Steering past obstacles from lidar

  node --import tsx examples/lidar-steering/index.ts [options]

  --data FOLDER   recorded drives: one .npz of all, or one .csv each
                  (default: a small simulation)
  --model NAME    ltc or cfc (default)
  --epochs N      epochs over all sequences (default 8)
  --batch N       sequences per update (default 32)
  --seed N        seed of initial weights and order (default 0)
  --help          this text`;
const { data, model, epochs, batch, seed } = commandLine(usage, (given) => ({
  data: given.text("data"),
  model: given.oneOf("model", ["ltc", "cfc"], "cfc", " or "),
  epochs: given.whole("epochs", 8),
  batch: given.whole("batch", 32, 1),
  seed: given.whole("seed", 0),
}));

await useBackend();
if (!data) {
  console.log("No --data folder: learning from simulated drives, not from the recorded data set.");
}
const { drives, train, test } = prepare();
console.log(`${drives.length} drives: ${train.count} sequences for training, ${test.count} for testing`);

const wiring = new NCP({
  interNeurons: 12,
  commandNeurons: 8,
  motorNeurons: 1,
  sensoryFanout: 4,
  interFanout: 4,
  recurrentCommandSynapses: 4,
  motorFanin: 6,
});
const circuit = model === "ltc" ? new LTC({ wiring, seed }) : new CfC({ wiring, seed });
learn({ circuit, train, test, epochs, batch, seed });
tf.disposeVariables();

function prepare() {
  try {
    const drives = data ? readDrives(data) : simulateDrives(8, 112, 1);
    const testTraces = Math.min(7, Math.ceil(drives.length / 4));
    return { drives, ...splitLidarTraces(drives, { testTraces }) };
  } catch (error) {
    wrongOption(error);
  }
}
