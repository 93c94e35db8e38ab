/** Validation of the arguments of `predict`. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import { ShapeError } from "../../core/errors.js";
import { sizeOf, type TypedArray } from "../../core/state.js";
import type { PredictOptions } from "./evaluate-policy.js";

/** Sizes of a policy network. */
export interface PolicySizes {
  /** Shape of one observation. */
  observationShape: readonly number[];
  /** Floats of one recurrent state; default 0 (feed-forward). */
  stateSize?: number;
}

const names = optionNames<PredictOptions>({ state: true, episodeStart: true, deterministic: true });

/**
 * Returns the number of observations, and a copy of their states with zeros where an episode starts.
 *
 * @throws InvalidArgumentError when an option is unknown
 * @throws ShapeError when observations or states have the wrong size
 */
export function predictionInput(
  { observationShape, stateSize = 0 }: PolicySizes,
  observations: TypedArray,
  options: PredictOptions,
): { batch: number; states: Float32Array } {
  checkOptions("predict", options, names);
  const { state = null, episodeStart } = options;
  const batch = observations.length / sizeOf(observationShape);
  if (!Number.isInteger(batch) || batch === 0) {
    const expected = `[batch, ${observationShape.join(", ")}]`;
    throw new ShapeError("observations", expected, [observations.length], "Give whole observations, flat");
  }
  const states = state?.slice() ?? new Float32Array(batch * stateSize);
  if (states.length !== batch * stateSize) {
    throw new ShapeError("state", `[${batch}, ${stateSize}]`, [states.length]);
  }
  for (let row = 0; row < batch; row++) {
    if (episodeStart?.[row]) states.fill(0, row * stateSize, (row + 1) * stateSize);
  }
  return { batch, states };
}
