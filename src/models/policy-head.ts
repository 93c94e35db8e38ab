/** The policy head of each action space. */

import { InvalidArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import type { Block } from "../layers/block.js";
import { Linear, type LinearOptions } from "../layers/linear.js";
import type { ActionSpace } from "../spaces/index.js";
import { GaussianHead } from "./gaussian-head.js";

/** Options of {@link policyHead}. */
export interface PolicyHeadOptions extends Omit<LinearOptions, "units"> {
  /** Initial log standard deviation of continuous actions, default 0. */
  logStd?: number;
}

/**
 * Number of parameters of a policy over a space for one step: logits of `Discrete` and `MultiDiscrete` actions,
 * means and log standard deviations of a float `Box`.
 *
 * @throws InvalidArgumentError for a `Box` of integers
 */
export function distributionSize(space: ActionSpace): number {
  if (space.kind === "discrete") return space.n;
  if (space.kind === "multi-discrete") return space.nvec.reduce((sum, n) => sum + n, 0);
  if (space.dtype !== "float32" && space.dtype !== "float64") {
    throw new InvalidArgumentError(
      "actionSpace",
      `expected Discrete, MultiDiscrete or a Box of float32 or float64, received a box of ${space.dtype}`,
    );
  }
  return 2 * sizeOf(space.shape);
}

/**
 * Makes the head that outputs {@link distributionSize} parameters: a {@link Linear} layer of logits, or a
 * {@link GaussianHead}; its kernel is orthogonal by default.
 *
 * @throws InvalidArgumentError for a `Box` of integers
 */
export function policyHead(space: ActionSpace, { logStd, ...options }: PolicyHeadOptions): Block {
  const units = distributionSize(space);
  if (space.kind !== "box") return new Linear({ ...options, units });
  return new GaussianHead({ kernelInitializer: "orthogonal", ...options, units: units / 2, logStd });
}
