/** Shuffled batches of sequences. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { DatasetError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { type Stateful, type StateRecord, sizeOf } from "../core/state.js";
import type { CloningSequence } from "./cloning-format.js";
import { mirrorFrames } from "./mirror-frames.js";

/** The sequences of a data set, e.g. an `AtariCloningDataset`. */
export interface CloningSequences {
  /** Number of sequences. */
  readonly size: number;
  /** Names of the sequences. */
  readonly files: readonly string[];
  /** Reads one sequence. */
  sequence(i: number): Promise<CloningSequence>;
}

/** Options of {@link CloningBatches}. */
export interface CloningBatchesOptions {
  /** Sequences in a batch, default 32; the last batch of an epoch contains the rest. */
  batchSize?: number;
  /** Whether the sequences are shuffled for every epoch, default true. */
  shuffle?: boolean;
  /**
   * For each action its mirror image. If given, every sequence is mirrored left to right with probability ½, sampled
   * again each epoch; default `null`: never.
   */
  mirrorActions?: readonly number[] | null;
  /** Seed of shuffling and mirroring, default random. */
  seed?: number;
  /** Whether the next batch is read while the current one is used, default true; then two of them are in memory. */
  prefetch?: boolean;
}

const names = optionNames<CloningBatchesOptions>({
  batchSize: true,
  shuffle: true,
  mirrorActions: true,
  seed: true,
  prefetch: true,
});

/** A batch of sequences. */
export interface CloningBatch {
  /** `[batch, steps, ...shape]` bytes. */
  observations: Uint8Array;
  /** `[batch, steps]`; 0 where the mask is 0. */
  actions: Int32Array;
  /** `[batch, steps]`, 0 after the end of sequences shorter than the longest; missing when all have the same length. */
  mask?: Float32Array;
  /** Number of sequences. */
  batch: number;
  /** Frames of the longest sequence. */
  steps: number;
  /** Shape of one observation. */
  shape: readonly number[];
  /** Whether the epoch ends with this batch. */
  last: boolean;
}

interface Order {
  epoch: number;
  indices: Int32Array;
  /** 1 for sequences that are mirrored. */
  mirrored?: Uint8Array;
}

/**
 * Endless batches of an {@link AtariCloningDataset}, epoch after epoch. The order of an epoch depends only on the seed
 * and the epoch, so the state is a few numbers, and prefetching does not change it.
 */
export class CloningBatches implements Stateful {
  /** Batches in an epoch. */
  readonly batchesPerEpoch: number;
  private readonly batchSize: number;
  private readonly shuffle: boolean;
  private readonly prefetch: boolean;
  private readonly mirrorActions: readonly number[] | null;
  private seed: number;
  private position = 0;
  private order?: Order;
  private ahead?: { position: number; batch: Promise<CloningBatch> };

  /** @throws InvalidArgumentError when the batch size is not a positive integer */
  constructor(
    private readonly dataset: CloningSequences,
    options: CloningBatchesOptions = {},
  ) {
    if (new.target === CloningBatches) checkOptions("CloningBatches", options, names);
    const { batchSize = 32, shuffle = true, prefetch = true, mirrorActions = null } = options;
    checkInteger("batchSize", batchSize);
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.prefetch = prefetch;
    this.mirrorActions = mirrorActions;
    this.seed = options.seed ?? new Random().integer(2 ** 31);
    this.batchesPerEpoch = Math.ceil(dataset.size / batchSize);
  }

  /** Number of whole epochs returned so far. */
  get epoch(): number {
    return Math.floor(this.position / this.batchesPerEpoch);
  }

  /**
   * The next batch; one call at a time.
   *
   * @throws DatasetError when a file is missing, damaged, or of another shape than the others; the same batch is
   *   returned next then
   */
  async next(): Promise<CloningBatch> {
    const { position } = this;
    const batch = this.ahead?.position === position ? this.ahead.batch : this.load(position);
    this.ahead = undefined;
    const result = await batch;
    this.position = position + 1;
    if (this.prefetch) {
      const following = this.load(position + 1);
      following.catch(() => {}); // thrown when its turn comes
      this.ahead = { position: position + 1, batch: following };
    }
    return result;
  }

  private async load(position: number): Promise<CloningBatch> {
    const { batchSize, batchesPerEpoch, mirrorActions } = this;
    const index = position % batchesPerEpoch;
    const { indices, mirrored } = this.orderOf(Math.floor(position / batchesPerEpoch));
    const chosen = indices.subarray(index * batchSize, (index + 1) * batchSize);
    const sequences = await Promise.all(Array.from(chosen, (i) => this.dataset.sequence(i)));
    const files = Array.from(chosen, (i) => this.dataset.files[i]);
    const batch = stackSequences(sequences, files);
    if (mirrorActions && mirrored) {
      chosen.forEach((i, row) => {
        if (mirrored[i]) mirrorRow(batch, row, sequences[row].actions.length, mirrorActions);
      });
    }
    return { ...batch, last: index === batchesPerEpoch - 1 };
  }

  private orderOf(epoch: number): Order {
    if (this.order?.epoch !== epoch) {
      const { size } = this.dataset;
      const random = new Random(this.seed + epoch);
      const indices = this.shuffle
        ? random.permutation(size)
        : Int32Array.from({ length: size }, (_, i) => i);
      const mirrored = this.mirrorActions && Uint8Array.from({ length: size }, () => random.integer(2));
      this.order = { epoch, indices, ...(mirrored && { mirrored }) };
    }
    return this.order;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const { seed, position, batchSize } = this;
    return { seed, position, batchSize, size: this.dataset.size };
  }

  /**
   * Restores a state.
   *
   * @throws DatasetError when the number of sequences or the batch size differs: the order would be another
   */
  setState({ seed, position, size, batchSize = this.batchSize }: StateRecord): void {
    if (size !== this.dataset.size) {
      throw new DatasetError(`the state is one of ${size} sequences, there are ${this.dataset.size}`);
    }
    if (batchSize !== this.batchSize) {
      throw new DatasetError(`the state is one of batches of ${batchSize}, these are of ${this.batchSize}`);
    }
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(position) || !((position as number) >= 0)) {
      throw new DatasetError(`the state has no whole seed and position: ${seed} and ${position}`);
    }
    this.seed = seed as number;
    this.position = position as number;
    this.order = undefined;
    this.ahead = undefined;
  }
}

function stackSequences(
  sequences: readonly CloningSequence[],
  files: readonly string[],
): Omit<CloningBatch, "last"> {
  const [{ shape }] = sequences;
  const batch = sequences.length;
  const steps = Math.max(...sequences.map(({ actions }) => actions.length));
  const frame = sizeOf(shape);
  const observations = new Uint8Array(batch * steps * frame);
  const actions = new Int32Array(batch * steps);
  const mask = new Float32Array(batch * steps);
  sequences.forEach((sequence, row) => {
    if (sequence.shape.join() !== shape.join()) {
      throw new DatasetError(
        `${files[row]}: expected frames [${shape.join(", ")}] as in ${files[0]}, received [${sequence.shape.join(", ")}]`,
      );
    }
    observations.set(sequence.observations, row * steps * frame);
    actions.set(sequence.actions, row * steps);
    mask.fill(1, row * steps, row * steps + sequence.actions.length);
  });
  const padded = sequences.some((sequence) => sequence.actions.length < steps);
  return { observations, actions, batch, steps, shape, ...(padded && { mask }) };
}

function mirrorRow(
  { observations, actions, steps, shape }: Omit<CloningBatch, "last">,
  row: number,
  length: number,
  mirrorActions: readonly number[],
): void {
  const first = row * steps;
  const frame = sizeOf(shape);
  mirrorFrames(observations.subarray(first * frame, (first + length) * frame), shape);
  // An invalid action stays invalid, for later checks.
  for (let i = first; i < first + length; i++) actions[i] = mirrorActions[actions[i]] ?? actions[i];
}
