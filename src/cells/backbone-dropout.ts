/** Dropout in the backbone of a CfC (Srivastava et al. 2014), with a seeded generator. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { CfCSizes } from "./cfc-weights.js";

/** The part of a cell that {@link backboneDropout} uses. */
export interface DropoutOptions extends Pick<CfCSizes, "flavour" | "backboneUnits" | "backboneLayers"> {
  /** Dropout rate: fraction of the units that are dropped. */
  rate: number;
  /** Random generator of the dropout masks. */
  random: Random;
}

/**
 * Draws the dropout factors of one pass: 0 for a dropped unit, `1 / (1 - rate)` for a kept one, independently in
 * every step. The tf flavour drops after every backbone layer, the torch flavour, as in ncps, after all but the first.
 *
 * @returns for each backbone layer `[batch, time, backboneUnits]` or `undefined`
 */
export function backboneDropout(
  options: DropoutOptions,
  batch: number,
  steps: number,
): (tf.Tensor3D | undefined)[] {
  const { rate, random, flavour, backboneUnits, backboneLayers } = options;
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  return Array.from({ length: backboneLayers }, (_, layer) => {
    if (flavour === "torch" && layer === 0) return undefined;
    const factors = new Float32Array(batch * steps * backboneUnits);
    for (let i = 0; i < factors.length; i++) factors[i] = random.uint32() < threshold ? 0 : kept;
    return tf.tensor3d(factors, [batch, steps, backboneUnits]);
  });
}

/** @throws InvalidArgumentError when the rate is not in `[0, 1)` */
export function checkRate(argument: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new InvalidArgumentError(argument, `expected a number of at least 0 and below 1, received ${rate}`);
}
