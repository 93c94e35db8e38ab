/** Splitting one minibatch among several learners. */

import { type StandardizeOptions, standardize } from "../../../losses/index.js";
import type { RolloutBuffer, RolloutMinibatch, Sequences } from "../../../memory/index.js";

/**
 * Cuts a minibatch into `count` runs of whole sequences with about the same number of steps: a sequence
 * belongs to the share that contains its middle. Shares are empty where there are too few sequences.
 */
export function cutShares({ starts, lengths }: Sequences, count: number): Sequences[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ends = new Array<number>(count).fill(0);
  let steps = 0;
  for (let i = 0; i < lengths.length; i++) {
    const middle = steps + lengths[i] / 2;
    ends[Math.floor((middle * count) / total)] = i + 1;
    steps += lengths[i];
  }
  let from = 0;
  return ends.map((end) => {
    const to = Math.max(from, end);
    const share = { starts: starts.subarray(from, to), lengths: lengths.subarray(from, to) };
    from = to;
    return share;
  });
}

/** Standardises the advantages of a minibatch in place; a single one is left unchanged, as in SB3. */
export function standardizeMinibatch(advantages: Float32Array, options: StandardizeOptions): Float32Array {
  return advantages.length > 1 ? standardize(advantages, options) : advantages;
}

/** Total number of steps of sequences. */
export function countSteps({ lengths }: Sequences): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** Advantages of a whole minibatch, step by step without padding, standardised if configured. */
export function minibatchAdvantages(
  { advantages }: RolloutBuffer,
  { starts, lengths }: Sequences,
  options?: StandardizeOptions,
): Float32Array {
  const all = new Float32Array(countSteps({ starts, lengths }));
  let at = 0;
  for (let i = 0; i < starts.length; i++) {
    all.set(advantages.subarray(starts[i], starts[i] + lengths[i]), at);
    at += lengths[i];
  }
  return options ? standardizeMinibatch(all, options) : all;
}

/** Writes advantages, step by step without padding, to a padded share. */
export function placeAdvantages(share: RolloutMinibatch, { lengths }: Sequences, values: Float32Array): void {
  let at = 0;
  lengths.forEach((length, b) => {
    share.advantages.set(values.subarray(at, at + length), b * share.time);
    at += length;
  });
}
