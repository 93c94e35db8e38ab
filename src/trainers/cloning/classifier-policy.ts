/** A classifier of frames as a policy. */

import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../core/random.js";
import type { TypedArray } from "../../core/state.js";
import { sampleCategorical } from "../../losses/index.js";
import type { SequenceClassifier } from "../../models/sequence-classifier.js";
import type { Policy, Prediction, PredictOptions } from "../common/evaluate-policy.js";
import { frameTensor } from "../common/frame-tensor.js";
import { predictionInput } from "../common/prediction-input.js";

/**
 * Makes a policy from a network that returns logits of actions. It runs one step per call; the caller passes the state
 * from call to call.
 *
 * @param random generator that samples the actions that are not `deterministic`; defaults to an unseeded one
 *
 * @example
 * ```ts
 * const { returns } = await runClosedLoop(classifierPolicy(model), env);
 * ```
 */
export function classifierPolicy(model: SequenceClassifier, random: Random = new Random()): Policy {
  return { predict: (observations, options) => classify(model, random, observations, options) };
}

async function classify(
  model: SequenceClassifier,
  random: Random,
  observations: TypedArray,
  options: PredictOptions = {},
): Promise<Prediction> {
  const { observationShape, numActions, stateSize } = model;
  const { batch, states } = predictionInput(model, observations, options);
  const output = tf.tidy(() => {
    const applied = model.apply(frameTensor(observations, [batch, 1, ...observationShape]), {
      ...(stateSize > 0 && { state: tf.tensor2d(states, [batch, stateSize]) }),
    });
    return applied.state ? [applied.logits, applied.state] : [applied.logits];
  });
  const [logits, next] = await Promise.all(output.map((tensor) => tensor.data<"float32">()));
  tf.dispose(output);
  const { actions } = sampleCategorical(logits, {
    numActions,
    random,
    deterministic: options.deterministic ?? false,
  });
  return { actions, action: actions[0], state: next ? Float32Array.from(next) : null };
}
