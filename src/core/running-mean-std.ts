/** Running mean and variance of a stream of values. */

import { checkOptions, optionNames } from "./check-options.js";
import { InvalidArgumentError, NonFiniteError, ShapeError } from "./errors.js";
import { type Stateful, type StateRecord, sizeOf } from "./state.js";

/** Options of {@link RunningMeanStd}. */
export interface RunningMeanStdOptions {
  /** Shape of one value, default `[]` (a scalar). */
  shape?: readonly number[];
  /**
   * Weight of the initial statistics (mean 0, variance 1), counted in values; default 0: only the data
   * count. Gymnasium and Stable-Baselines3 use 1e-4.
   */
  priorCount?: number;
}

const names = optionNames<RunningMeanStdOptions>({
  shape: true,
  priorCount: true,
});

/**
 * Mean and variance of every element of a stream of equally shaped values, in double precision.
 * Batches are merged by the parallel formula of Chan, Golub and LeVeque (1979), so the result
 * does not depend on how the stream was split into batches (up to rounding).
 *
 * @example
 * ```ts
 * const statistics = new RunningMeanStd({ shape: [2] });
 * statistics.update([1, 10, 3, 30]); // two values: [1, 10] and [3, 30]
 * statistics.mean;     // [2, 20]
 * statistics.variance; // [1, 100]
 * ```
 */
export class RunningMeanStd implements Stateful {
  /** Shape of one value. */
  readonly shape: readonly number[];
  /** Mean of every element, flat; zeros before the first value. */
  readonly mean: Float64Array;
  /** Population variance of every element, flat; ones before the first value. */
  readonly variance: Float64Array;
  private values: number;
  private readonly batchMean: Float64Array;
  private readonly batchVariance: Float64Array;

  /** @throws InvalidArgumentError when the shape or the prior count is not valid */
  constructor(options: RunningMeanStdOptions = {}) {
    if (new.target === RunningMeanStd) checkOptions("RunningMeanStd", options, names);
    const { shape = [], priorCount = 0 } = options;
    if (!shape.every((n) => Number.isInteger(n) && n > 0)) {
      throw new InvalidArgumentError("shape", `expected positive integers, received [${shape.join(", ")}]`);
    }
    if (!(Number.isFinite(priorCount) && priorCount >= 0)) {
      throw new InvalidArgumentError(
        "priorCount",
        `expected a finite number not below 0, received ${priorCount}`,
      );
    }
    this.shape = [...shape];
    const size = sizeOf(shape);
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
    this.batchMean = new Float64Array(size);
    this.batchVariance = new Float64Array(size);
    this.values = priorCount;
  }

  /** Number of values so far, plus the prior count. */
  get count(): number {
    return this.values;
  }

  /**
   * Updates the statistics with a batch.
   *
   * @param batch flat `[n, ...shape]`, `n` at least 1
   * @throws ShapeError when the length is not a positive multiple of one value's size
   * @throws NonFiniteError when a value is NaN or infinite; the statistics are then unchanged
   */
  update(batch: ArrayLike<number>): void {
    const { batchMean, batchVariance } = this;
    const size = batchMean.length;
    const n = batch.length / size;
    if (!(Number.isInteger(n) && n > 0)) {
      throw new ShapeError("batch", `[n, ${this.shape.join(", ")}] flat, a multiple of ${size}`, [
        batch.length,
      ]);
    }
    batchMean.fill(0);
    batchVariance.fill(0);
    for (let i = 0; i < batch.length; i++) batchMean[i % size] += batch[i] / n;
    for (let i = 0; i < batch.length; i++) {
      const deviation = batch[i] - batchMean[i % size];
      batchVariance[i % size] += (deviation * deviation) / n;
    }
    for (let j = 0; j < size; j++) {
      if (!Number.isFinite(batchVariance[j])) {
        throw new NonFiniteError(
          `running statistics: element ${j} of the batch holds a value that is not finite; the statistics are unchanged`,
        );
      }
    }
    this.mergeMoments(batchMean, batchVariance, n);
  }

  /**
   * Merges the statistics of another instance into this one.
   *
   * @throws ShapeError when the shapes differ
   */
  merge(other: RunningMeanStd): void {
    if (other.shape.join() !== this.shape.join()) {
      throw new ShapeError("other", `[${this.shape.join(", ")}]`, other.shape);
    }
    this.mergeMoments(other.mean, other.variance, other.count);
  }

  private mergeMoments(mean: Float64Array, variance: Float64Array, count: number): void {
    if (count === 0) return;
    const total = this.values + count;
    for (let j = 0; j < this.mean.length; j++) {
      const delta = mean[j] - this.mean[j];
      const squares =
        this.variance[j] * this.values +
        variance[j] * count +
        delta * delta * ((this.values * count) / total);
      this.mean[j] += delta * (count / total);
      this.variance[j] = squares / total;
    }
    this.values = total;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { count: this.values, mean: this.mean.slice(), variance: this.variance.slice() };
  }

  /** @inheritDoc */
  setState({ count, mean, variance }: StateRecord): void {
    const fits = (array: unknown): array is Float64Array =>
      array instanceof Float64Array && array.length === this.mean.length;
    const counted = typeof count === "number" && count >= 0 && count < Number.POSITIVE_INFINITY;
    if (!counted || !fits(mean) || !fits(variance) || variance.some((value) => value < 0)) {
      throw new InvalidArgumentError(
        "state",
        `expected { count: number of at least 0, mean and variance (of at least 0): Float64Array(${this.mean.length}) }`,
      );
    }
    this.values = count;
    this.mean.set(mean);
    this.variance.set(variance);
  }
}
