/** One inference step of a network on plain arrays. */

import * as tf from "@tensorflow/tfjs-core";
import type { TypedArray } from "../../core/state.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import { frameTensor } from "../common/frame-tensor.js";

/** Result of {@link runModel}. */
export interface ModelStep {
  /** `[batch, distributionSize]` parameters of the action distribution. */
  distribution: Float32Array;
  /** `[batch]` state values. */
  values: Float32Array;
  /** `[batch, stateSize]` states after the step; empty for feed-forward networks. */
  states: Float32Array;
}

/**
 * Runs one step for every row; the arrays are new and no tensor is left.
 *
 * @param observations flat `[batch, ...observationShape]`
 * @param states `[batch, stateSize]`
 */
export async function runModel(
  model: ActorCritic,
  batch: number,
  observations: TypedArray,
  states: Float32Array,
): Promise<ModelStep> {
  const output = tf.tidy(() => {
    const { distribution, values, state } = model.apply(
      frameTensor(observations, [batch, 1, ...model.observationShape]),
      model.stateSize > 0 ? { state: tf.tensor2d(states, [batch, model.stateSize]) } : {},
    );
    return state ? [distribution, values, state] : [distribution, values];
  });
  const [distribution, values, next] = await Promise.all(output.map((tensor) => tensor.data<"float32">()));
  tf.dispose(output);
  return { distribution, values, states: next ?? new Float32Array(0) };
}
