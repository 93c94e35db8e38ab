/** Cutting rollouts into sequences, and sequences into minibatches. */

import { checkInteger } from "../core/check-integer.js";
import type { Random } from "../core/random.js";

/** Sequences inside a flat, environment-major array: sequence `i` covers `starts[i] .. starts[i] + lengths[i] - 1`. */
export interface Sequences {
  /** First flat index of each sequence. */
  starts: Int32Array;
  /** Number of steps of each sequence. */
  lengths: Int32Array;
}

/** Arguments of {@link cutSequences}. */
export interface CutSequencesInput {
  /** Number of environments. */
  numEnvs: number;
  /** Number of steps per environment. */
  numSteps: number;
  /** Maximum sequence length. */
  maxLength: number;
  /**
   * `[numEnvs, numSteps]`, 1 where an episode starts. If given, sequences also end where episodes
   * end (RLlib); otherwise they continue across ends and rely on reset flags.
   */
  episodeStarts?: ArrayLike<number>;
}

/**
 * Cuts every environment's steps, from its first one on, into sequences of at most `maxLength` steps.
 *
 * @example
 * ```ts
 * cutSequences({ numEnvs: 1, numSteps: 63, maxLength: 20 }).lengths; // 20, 20, 20, 3
 * ```
 */
export function cutSequences(input: CutSequencesInput): Sequences {
  const { numEnvs, numSteps, maxLength, episodeStarts } = input;
  checkInteger("maxLength", maxLength);
  const starts: number[] = [];
  const lengths: number[] = [];
  for (let i = 0; i < numEnvs * numSteps; i++) {
    const last = lengths.length - 1;
    const begins = i % numSteps === 0 || lengths[last] === maxLength || episodeStarts?.[i] === 1;
    if (begins) {
      starts.push(i);
      lengths.push(1);
    } else lengths[last]++;
  }
  return { starts: Int32Array.from(starts), lengths: Int32Array.from(lengths) };
}

/**
 * How sequences are grouped into minibatches.
 *
 * - `"exact"`: whole sequences in random order, every step once per epoch; minibatches are as even as
 *   whole sequences allow.
 * - `"rllib"`: what RLlib 2.0 did with recurrent batches: sequences stay in order and are sliced at
 *   every `batchSize` steps; one that crosses a slice is cut there and appears again, whole, in the
 *   next slice; the last partial slice is dropped; only the order of slices is random.
 */
export type MinibatchMode = "exact" | "rllib";

/** Arguments of {@link splitMinibatches}. */
export interface SplitMinibatchesInput {
  /** Sequences of the whole batch. */
  sequences: Sequences;
  /** Number of steps per minibatch; approximate in `"exact"` mode. */
  batchSize: number;
  /** Generator of the order. */
  random: Random;
  /** How sequences are grouped, default `"exact"`. */
  mode?: MinibatchMode;
}

/** Groups sequences into the minibatches of one epoch. */
export function splitMinibatches(input: SplitMinibatchesInput): Sequences[] {
  const { sequences, batchSize, random, mode = "exact" } = input;
  return mode === "rllib"
    ? random.shuffle(rllibSlices(sequences, batchSize))
    : exactMinibatches(sequences, batchSize, random);
}

function exactMinibatches({ starts, lengths }: Sequences, batchSize: number, random: Random): Sequences[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const count = Math.max(1, Math.min(starts.length, Math.round(total / batchSize)));
  const order = random.permutation(starts.length);
  const minibatches: Sequences[] = [];
  let from = 0;
  let steps = 0;
  for (let i = 0; i < order.length; i++) {
    steps += lengths[order[i]];
    const full = steps >= ((minibatches.length + 1) * total) / count;
    if (full || i === order.length - 1) {
      const chosen = order.subarray(from, i + 1);
      minibatches.push({ starts: chosen.map((s) => starts[s]), lengths: chosen.map((s) => lengths[s]) });
      from = i + 1;
    }
  }
  return minibatches;
}

function rllibSlices({ starts, lengths }: Sequences, batchSize: number): Sequences[] {
  const slices: Sequences[] = [];
  let from = 0;
  let steps = 0;
  for (let i = 0; i < starts.length; i++) {
    steps += lengths[i];
    if (steps < batchSize) continue;
    const slice = { starts: starts.slice(from, i + 1), lengths: lengths.slice(from, i + 1) };
    const excess = steps - batchSize;
    slice.lengths[i - from] -= excess;
    slices.push(slice);
    if (excess > 0 && lengths[i] < batchSize) i--;
    from = i + 1;
    steps = 0;
  }
  return slices;
}
