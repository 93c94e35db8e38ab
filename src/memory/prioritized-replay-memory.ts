/** Prioritized experience replay. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { StateRecord } from "../core/state.js";
import { READY, type ReplayBatch, ReplayMemory, type ReplayMemoryOptions } from "./replay-memory.js";
import { MinTree, SumTree } from "./segment-tree.js";

/** Options of {@link PrioritizedReplayMemory}. */
export interface PrioritizedReplayMemoryOptions extends ReplayMemoryOptions {
  /** Exponent of the priorities, 0 (uniform) to 1; default 0.6. */
  alpha?: number;
  /** Exponent β of the importance weights, 0 (none) to 1 (full correction); default 0.4. Changed during training. */
  beta?: number;
  /** Added to every absolute TD error, so that every transition can be sampled; default 1e-6. */
  epsilon?: number;
}

const names = optionNames<PrioritizedReplayMemoryOptions>({
  alpha: true,
  beta: true,
  epsilon: true,
  capacity: true,
  numEnvs: true,
  observationShape: true,
  observationDtype: true,
  numStack: true,
  nStep: true,
  gamma: true,
});

/** Identifies sampled transitions: a batch, or copies of these two arrays of it. */
export interface SampledTransitions {
  /** `[size]` indices in the memory. */
  indices: ArrayLike<number>;
  /** `[size]` generations of the transitions at these indices. */
  generations: ArrayLike<number>;
}

/**
 * Prioritized experience replay (Schaul et al. 2016, proportional): transition `i` is sampled with probability
 * `P(i) = p_i^α / Σ p^α`, `p = |δ| + ε`, stratified into `batchSize` equal parts; its weight is
 * `(N P(i))^-β`, divided by the largest weight in the memory. New transitions get the highest priority so far.
 *
 * @example
 * ```ts
 * const memory = new PrioritizedReplayMemory({ capacity: 2 ** 17, observationShape: [4], observationDtype: "float32"
 * }); memory.beta = 0.7;
 * const batch = memory.sample(32, random);
 * memory.updatePriorities(batch, tdErrors);
 * ```
 */
export class PrioritizedReplayMemory extends ReplayMemory {
  /** Exponent of the importance weights. */
  beta: number;
  private readonly alpha: number;
  private readonly epsilon: number;
  private readonly sums: SumTree;
  private readonly minima: MinTree;
  private highest = 1;

  /** @throws InvalidArgumentError when a number is out of range, or there is not enough memory */
  constructor(options: PrioritizedReplayMemoryOptions) {
    if (new.target === PrioritizedReplayMemory) checkOptions("PrioritizedReplayMemory", options, names);
    super(options);
    const { alpha = 0.6, beta = 0.4, epsilon = 1e-6 } = options;
    for (const [name, value] of Object.entries({ alpha, beta })) {
      if (!(value >= 0 && value <= 1)) {
        throw new InvalidArgumentError(name, `expected a number in 0..1, received ${value}`);
      }
    }
    if (!(epsilon > 0))
      throw new InvalidArgumentError("epsilon", `expected a number above 0, received ${epsilon}`);
    this.alpha = alpha;
    this.beta = beta;
    this.epsilon = epsilon;
    try {
      this.sums = new SumTree(this.capacity);
      this.minima = new MinTree(this.capacity);
    } catch (cause) {
      throw new InvalidArgumentError(
        "capacity",
        `this machine cannot give memory for ${this.capacity} priorities: choose fewer`,
        { cause },
      );
    }
  }

  /** Probability of sampling a transition; 0 for empty places. */
  probability(index: number): number {
    return this.sums.get(index) / this.sums.total;
  }

  /** @inheritDoc */
  override sample(batchSize: number, random: Random): ReplayBatch {
    const batch = this.makeBatch(batchSize);
    const { sums, beta } = this;
    const part = sums.total / batchSize;
    const lightest = this.minima.min;
    for (let i = 0; i < batchSize; i++) {
      const index = sums.find((i + random.uniform()) * part);
      this.fill(batch, i, index);
      // (N P)^-β / max (N P)^-β = (P / P_min)^-β
      batch.weights[i] = (sums.get(index) / lightest) ** -beta;
    }
    return batch;
  }

  /**
   * Updates the priorities of sampled transitions from their TD errors. Transitions that were overwritten since then
   * are skipped, even if another one is at their index now.
   *
   * @param batch a batch of `sample`, or copies of its `indices` and `generations` · @param tdErrors `[size]`; signs
   *   are ignored
   * @throws ShapeError when the numbers of errors, generations and indices differ
   * @throws InvalidArgumentError when an error is not finite
   */
  updatePriorities({ indices, generations }: SampledTransitions, tdErrors: ArrayLike<number>): void {
    for (const [name, list] of Object.entries({ generations, tdErrors })) {
      if (list?.length !== indices?.length) {
        throw new ShapeError(name, `[${indices?.length}]`, [list?.length ?? null]);
      }
    }
    for (let i = 0; i < indices.length; i++) {
      const priority = Math.abs(tdErrors[i]) + this.epsilon;
      if (!Number.isFinite(priority)) {
        throw new InvalidArgumentError("tdErrors", `expected finite numbers, received ${tdErrors[i]}`);
      }
      if (!this.isReady(indices[i]) || this.generation(indices[i]) !== generations[i]) continue;
      this.highest = Math.max(this.highest, priority);
      this.place(indices[i], priority);
    }
  }

  /** @inheritDoc */
  override getState(): StateRecord {
    const priorities = new Float64Array(this.capacity);
    for (let i = 0; i < priorities.length; i++) priorities[i] = this.sums.get(i);
    return { ...super.getState(), priorities, highest: this.highest, beta: this.beta };
  }

  /** @inheritDoc */
  override setState(state: StateRecord): void {
    super.setState(state);
    const priorities = state.priorities as Float64Array;
    this.sums.setAll(priorities);
    this.minima.setAll(priorities.map((priority) => (priority > 0 ? priority : Number.POSITIVE_INFINITY)));
    this.highest = state.highest as number;
    this.beta = state.beta as number;
  }

  protected override misfit(state: StateRecord): string | undefined {
    const { priorities, highest, beta } = state;
    if (!(priorities instanceof Float64Array && priorities.length === this.capacity)) {
      return "priorities do not fit";
    }
    for (const [name, value] of Object.entries({ highest, beta })) {
      if (typeof value !== "number" || !Number.isFinite(value)) return `${name} is no number`;
    }
    if (!((highest as number) > 0)) return `highest is ${highest}`;
    const problem = super.misfit(state);
    if (problem !== undefined) return problem;
    const flags = state.flags as Uint8Array[];
    const wrong = priorities.findIndex((priority, index) => {
      const bits = flags[Math.floor(index / this.slotsPerEnv)][index % this.slotsPerEnv] ?? 0;
      return bits & READY ? !(priority > 0 && priority < Number.POSITIVE_INFINITY) : priority !== 0;
    });
    return wrong >= 0 ? `priorities are wrong at ${wrong}` : undefined;
  }

  protected override onReady(index: number): void {
    this.place(index, this.highest);
  }

  protected override onGone(index: number): void {
    this.sums.set(index, 0);
    this.minima.set(index, Number.POSITIVE_INFINITY);
  }

  private place(index: number, priority: number): void {
    const powered = priority ** this.alpha;
    this.sums.set(index, powered);
    this.minima.set(index, powered);
  }
}
