/** Helpers of the layers' tests. */

import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { Block } from "../../src/layers/block.js";

/** Number of weights of a block. */
export function countWeights(block: Block): number {
  return [...block.variables.values()].reduce((sum, { size }) => sum + size, 0);
}

/** Values of all weights by name. */
export function weightValues(block: Block): Record<string, number[]> {
  return Object.fromEntries(
    [...block.variables].map(([name, weight]) => [name, Array.from(weight.dataSync())]),
  );
}

/** Saves a model to memory and loads it again. */
export async function saveAndLoad(model: tfl.LayersModel): Promise<tfl.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      // As in a file: anything that does not survive JSON is lost.
      saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return tfl.loadLayersModel(tf.io.fromMemory(saved!));
}

/** Largest absolute difference of two tensors. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  if (a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]);
}
