/** A classifier of frames as a policy. */

import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { sizeOf, type TypedArray } from "../core/state.js";
import { sampleCategorical } from "../losses/index.js";
import type { SequenceClassifier } from "../models/sequence-classifier.js";
import type { Policy, Prediction, PredictOptions } from "./evaluate-policy.js";
import { frameTensor } from "./frame-tensor.js";

/**
 * Makes a policy of a network that gives logits of actions: one step at a time, with its state handed from call to
 * call.
 *
 * @param random draws the actions that are not `deterministic`; default unseeded
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
  { state = null, episodeStart, deterministic = false }: PredictOptions = {},
): Promise<Prediction> {
  const { observationShape, numActions, stateSize } = model;
  const batch = observations.length / sizeOf(observationShape);
  if (!Number.isInteger(batch) || batch === 0) {
    throw new ShapeError("observations", `[batch, ${observationShape.join(", ")}]`, [observations.length]);
  }
  const states = state?.slice() ?? new Float32Array(batch * stateSize);
  if (states.length !== batch * stateSize) {
    throw new ShapeError("state", `[${batch}, ${stateSize}]`, [states.length]);
  }
  for (let row = 0; row < batch; row++) {
    if (episodeStart?.[row]) states.fill(0, row * stateSize, (row + 1) * stateSize);
  }
  const output = tf.tidy(() => {
    const applied = model.apply(frameTensor(observations, [batch, 1, ...observationShape]), {
      ...(stateSize > 0 && { state: tf.tensor2d(states, [batch, stateSize]) }),
    });
    return applied.state ? [applied.logits, applied.state] : [applied.logits];
  });
  const [logits, next] = await Promise.all(output.map((tensor) => tensor.data<"float32">()));
  tf.dispose(output);
  const { actions } = sampleCategorical(logits, { numActions, random, deterministic });
  return { actions, action: actions[0], state: next ? Float32Array.from(next) : null };
}
