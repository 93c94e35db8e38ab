/** Options shared by all arcade environments. */

import { checkInteger } from "../../core/check-integer.js";
import { InvalidArgumentError } from "../../core/errors.js";

/** Type of the observations: the screen, or a feature vector. */
export type ArcadeObservation = "rgb" | "features";

/** Options of every arcade environment; the defaults are those of Gymnasium's `ALE/*-v5`. */
export interface ArcadeOptions {
  /**
   * `"rgb"` (default): the screen, `uint8 [210, 160, 3]`. `"features"`: a `float32` feature vector;
   * no frame is drawn, which is much faster.
   */
  observation?: ArcadeObservation;
  /** Frames per action, default 4. Rewards are summed, the last frame is the observation. */
  frameskip?: number;
  /**
   * Sticky actions: probability, in each frame, that the game repeats the action of the previous frame
   * instead of the new one. Default 0.25; Machado et al. (2018), "Revisiting the Arcade Learning
   * Environment".
   */
  repeatActionProbability?: number;
  /** Frames after which an episode is truncated, default 108000 (30 minutes of play). */
  maxFrames?: number;
}

/** Names of the {@link ArcadeOptions}. */
export const ARCADE_OPTIONS: readonly string[] = [
  "observation",
  "frameskip",
  "repeatActionProbability",
  "maxFrames",
];

/**
 * Fills in the defaults and checks the values.
 *
 * @throws InvalidArgumentError naming the option, what is allowed and what came
 */
export function resolveArcadeOptions(options: ArcadeOptions): Required<ArcadeOptions> {
  const { observation = "rgb", frameskip = 4, repeatActionProbability = 0.25, maxFrames = 108000 } = options;
  if (observation !== "rgb" && observation !== "features") {
    throw new InvalidArgumentError("observation", `expected "rgb" or "features", received ${observation}`);
  }
  checkInteger("frameskip", frameskip);
  checkInteger("maxFrames", maxFrames);
  if (!(repeatActionProbability >= 0 && repeatActionProbability < 1)) {
    throw new InvalidArgumentError(
      "repeatActionProbability",
      `expected a number in [0, 1), received ${repeatActionProbability}`,
    );
  }
  return { observation, frameskip, repeatActionProbability, maxFrames };
}
