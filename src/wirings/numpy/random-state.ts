/** The part of numpy's `RandomState(seed)` that the NCP wirings of ncps use. */

import { Mt19937 } from "./mt19937.js";

/** Generates exactly the same numbers as `np.random.RandomState(seed)`. */
export class RandomState {
  private readonly bits: Mt19937;

  /** @param seed integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.bits = new Mt19937(seed);
  }

  /** Equivalent of `rng.choice(values)`. */
  choice<T>(values: readonly T[]): T {
    return values[this.upTo(values.length - 1)];
  }

  /** Equivalent of `rng.choice(values, count, replace=False)`: the first `count` of a permutation. */
  sample<T>(values: readonly T[], count: number): T[] {
    const permuted = [...values];
    for (let i = permuted.length - 1; i > 0; i--) {
      const j = this.upTo(i);
      [permuted[i], permuted[j]] = [permuted[j], permuted[i]];
    }
    return permuted.slice(0, count);
  }

  // An integer from 0 to `largest`: words masked to its number of bits until one does not exceed it.
  private upTo(largest: number): number {
    if (largest === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(largest);
    for (;;) {
      const value = (this.bits.uint32() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }
}
