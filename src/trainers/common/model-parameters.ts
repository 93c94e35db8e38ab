/** Weights of a trainer's network by name. */

import type * as tf from "@tensorflow/tfjs-core";

/** Weights by name, e.g. `"mlp/dense1/kernel"`, each flat in row order. */
export type ModelParameters = Record<string, Float32Array>;

/** Copies all weights; asynchronous because WebGPU cannot be read synchronously. */
export async function getParameters(variables: ReadonlyMap<string, tf.Variable>): Promise<ModelParameters> {
  const read = [...variables].map(async ([name, variable]) => {
    const values = await variable.data<"float32">();
    return [name, Float32Array.from(values)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
