/** The Atari behaviour-cloning data set. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { DatasetError } from "../core/errors.js";
import { CloningBatches, type CloningBatchesOptions } from "./cloning-batches.js";
import {
  type CloningSequence,
  type CloningSplit,
  type ReadCloningOptions,
  readCloningSequence,
} from "./cloning-format.js";
import type { CloningSource } from "./cloning-source.js";

/** Options of {@link AtariCloningDataset.open}. */
export interface OpenDatasetOptions extends ReadCloningOptions {
  /** The split to open, default `"train"`. */
  split?: CloningSplit;
}

const names = optionNames<OpenDatasetOptions>({
  split: true,
  maxSequenceBytes: true,
});

/**
 * Sequences of observations and actions of an expert, one file each, of which only those of the current batch are in
 * memory: the published sets of the ncps guide "Atari Behavior Cloning" (about 30,000 sequences of 32 frames per game),
 * and those written by `recordCloningDataset`.
 *
 * @example
 * ```ts
 * import { openCloningDataset } from "ncps-ts/node";
 *
 * const train = await openCloningDataset("breakout", { split: "train" });
 * const batches = train.batches({ batchSize: 32, seed: 0 });
 * const { observations, actions } = await batches.next(); // [32, 32, 84, 84, 4] bytes, [32, 32]
 * ```
 */
export class AtariCloningDataset {
  /** Number of sequences. */
  readonly size: number;

  private constructor(
    private readonly source: CloningSource,
    /** The split. */
    readonly split: CloningSplit,
    /** Files of the sequences, in numerical order. */
    readonly files: readonly string[],
    private readonly options: ReadCloningOptions,
  ) {
    this.size = files.length;
  }

  /**
   * Opens one split: all files `<split>_*.npz` of a source.
   *
   * @throws DatasetError when there are none, or the split is neither `"train"` nor `"val"`
   */
  static async open(source: CloningSource, options: OpenDatasetOptions = {}): Promise<AtariCloningDataset> {
    checkOptions("AtariCloningDataset.open", options, names);
    const { split = "train", ...limits } = options;
    if (split !== "train" && split !== "val") {
      throw new DatasetError(`split: expected "train" or "val", received ${JSON.stringify(split)}`);
    }
    const files = (await source.list())
      .filter((name) => name.startsWith(`${split}_`) && name.endsWith(".npz"))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    if (files.length === 0) {
      throw new DatasetError(
        `could not find data: there is no ${split}_*.npz in ${source.description}. ` +
          "Download a set, record one with recordCloningDataset, or give another folder",
      );
    }
    return new AtariCloningDataset(source, split, files, limits);
  }

  /**
   * Reads one sequence.
   *
   * @throws DatasetError when its file is missing, damaged or of another kind
   */
  async sequence(i: number): Promise<CloningSequence> {
    const name = this.files[i];
    if (name === undefined) throw new DatasetError(`there is no sequence ${i}: there are ${this.size}`);
    const bytes = await this.source.read(name);
    return readCloningSequence(bytes, `${this.source.description}: ${name}`, this.options);
  }

  /** Batches of sequences, epoch after epoch. */
  batches(options: CloningBatchesOptions = {}): CloningBatches {
    return new CloningBatches(this, options);
  }

  /** Number of occurrences of each action; reads all files. */
  async actionCounts(numActions: number): Promise<number[]> {
    const counts = new Array<number>(numActions).fill(0);
    for (let i = 0; i < this.size; i++) {
      for (const action of (await this.sequence(i)).actions) {
        if (action >= numActions) {
          throw new DatasetError(`${this.files[i]}: action ${action} is none of ${numActions}`);
        }
        counts[action]++;
      }
    }
    return counts;
  }
}
