// Loads every model that was saved into a folder and prints the differences between its predictions and the recorded
// ones.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { useBackend } from "../../src/recurrent/use-backend.js";
import "../../src/layers/cfc.js";
import "../../src/layers/ltc.js";

/** A saved model with one prediction. */
export interface SavedModel {
  /** The data that tfjs passes to a save handler, weights in base64. */
  artifacts: Omit<tf.io.ModelArtifacts, "weightData"> & { weightData: string };
  /** Inputs of the prediction, with their shapes. */
  input: { shape: number[]; values: number[] };
  /** Prediction of the model before it was saved. */
  output: number[];
}

await useBackend("cpu");
const folder = process.argv[2];
const errors: Record<string, number> = {};
for (const file of readdirSync(folder)) {
  const saved = JSON.parse(readFileSync(join(folder, file), "utf8")) as SavedModel;
  const bytes = Uint8Array.from(Buffer.from(saved.artifacts.weightData, "base64"));
  const model = await tfl.loadLayersModel(tf.io.fromMemory({ ...saved.artifacts, weightData: bytes.buffer }));
  const predicted = (model.predict(tf.tensor(saved.input.values, saved.input.shape)) as tf.Tensor).dataSync();
  errors[file] = Math.max(...saved.output.map((value, i) => Math.abs(value - predicted[i])));
}
console.log(JSON.stringify(errors));
