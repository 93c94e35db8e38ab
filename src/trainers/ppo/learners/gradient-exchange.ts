/** All-reduce of gradients and monitors in shared memory, in a fixed order. */

import { lossMonitors } from "../loss-monitors.js";

const maximum = lossMonitors.indexOf("ratioDeviation");

/** Buffers of a {@link GradientExchange}; plain data that can be sent to other threads. */
export interface ExchangeMemory {
  /** `[learners + 1, size]` float32: the gradient of each learner, and their sum. */
  vectors: SharedArrayBuffer;
  /** `[learners, lossMonitors]` float64. */
  monitors: SharedArrayBuffer;
}

/**
 * All-reduce over shared memory. Every learner writes its gradient; after a barrier, each sums one slice of the vector
 * over all learners in the order of their ranks; after another barrier, everyone reads the same sum.
 */
export class GradientExchange {
  /** The sum of all learners' gradients. */
  readonly sum: Float32Array;
  /**
   * The first learner's vector, which passes weights to the others between steps: the sum may still be read by a
   * learner that is late with the previous step.
   */
  readonly first: Float32Array;
  /** The vector that this learner writes. */
  readonly mine: Float32Array;
  /** The monitors of this learner, in the order of {@link lossMonitors}. */
  readonly monitors: Float64Array;
  private readonly parts: Float32Array[];
  private readonly allMonitors: Float64Array[];

  /** @param size number of elements of the vector */
  constructor(
    { vectors, monitors }: ExchangeMemory,
    private readonly rank: number,
    private readonly learners: number,
    private readonly size: number,
  ) {
    const everyone = Array.from({ length: learners }, (_, i) => i);
    this.parts = everyone.map((i) => new Float32Array(vectors, 4 * i * size, size));
    this.sum = new Float32Array(vectors, 4 * learners * size, size);
    const width = lossMonitors.length;
    this.allMonitors = everyone.map((i) => new Float64Array(monitors, 8 * i * width, width));
    this.mine = this.parts[rank];
    this.first = this.parts[0];
    this.monitors = this.allMonitors[rank];
  }

  /** Allocates memory for the given numbers of learners and elements. */
  static allocate(learners: number, size: number): ExchangeMemory {
    return {
      vectors: new SharedArrayBuffer(4 * (learners + 1) * size),
      monitors: new SharedArrayBuffer(8 * learners * lossMonitors.length),
    };
  }

  /**
   * Sums this learner's slice over all learners, in double precision.
   *
   * @param weights weight of each learner's vector; vectors with weight 0 are not read
   */
  reduce(weights: readonly number[]): void {
    const { rank, learners, size, sum } = this;
    const [from, to] = [Math.floor((size * rank) / learners), Math.floor((size * (rank + 1)) / learners)];
    const counting = this.parts.flatMap((part, i) => (weights[i] > 0 ? [{ part, weight: weights[i] }] : []));
    if (counting.length === 2) {
      const [a, b] = counting;
      addTwo(sum, [a.part, b.part], [a.weight, b.weight], [from, to]);
      return;
    }
    for (let i = from; i < to; i++) {
      let total = 0;
      for (const { part, weight } of counting) total += part[i] * weight;
      sum[i] = total;
    }
  }

  /** The monitors of the whole minibatch: weighted means, and the largest deviation of a ratio. */
  combine(weights: readonly number[]): number[] {
    return lossMonitors.map((_, i) => {
      const counting = this.allMonitors.flatMap((numbers, j) =>
        weights[j] > 0 ? [[numbers[i], weights[j]]] : [],
      );
      return i === maximum
        ? Math.max(...counting.map(([number]) => number))
        : counting.reduce((sum, [number, weight]) => sum + number * weight, 0);
    });
  }
}

// Unrolled by four to hide memory latency.
function addTwo(
  sum: Float32Array,
  [x, y]: readonly [Float32Array, Float32Array],
  [u, v]: readonly [number, number],
  [from, to]: readonly [number, number],
): void {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const first = x[i] * u + y[i] * v;
    const second = x[i + 1] * u + y[i + 1] * v;
    const third = x[i + 2] * u + y[i + 2] * v;
    const fourth = x[i + 3] * u + y[i + 3] * v;
    sum[i] = first;
    sum[i + 1] = second;
    sum[i + 2] = third;
    sum[i + 3] = fourth;
  }
  for (; i < to; i++) sum[i] = x[i] * u + y[i] * v;
}
