/** The part of numpy's `default_rng(seed)` that the wirings FullyConnected and Random of ncps use. */

import { Pcg64 } from "./pcg64.js";

/** Generates exactly the same numbers as `np.random.default_rng(seed)`. */
export class DefaultRng {
  private readonly bits: Pcg64;

  /** @param seed integer from 0 to `Number.MAX_SAFE_INTEGER` */
  constructor(seed: number) {
    this.bits = new Pcg64(seed);
  }

  /** Equivalent of `rng.choice(values)`. */
  choice<T>(values: readonly T[]): T {
    return values[this.upTo(values.length - 1)];
  }

  /** Equivalent of `rng.choice(population, count, replace=False)`: `count` different integers below `population`. */
  sample(population: number, count: number): Uint32Array {
    // numpy's threshold between shuffling a whole array and remembering the drawn values.
    const shuffleAll = population > 10000 && count > Math.floor(population / 50);
    if (!shuffleAll) return this.shuffle(this.floyd(population, count), 1);
    const all = Uint32Array.from({ length: population }, (_, i) => i);
    return this.shuffle(all, Math.max(population - count, 1)).slice(population - count);
  }

  // Floyd's sampling (Bentley and Floyd 1987).
  private floyd(population: number, count: number): Uint32Array {
    const drawn = new Set<number>();
    for (let j = population - count; j < population; j++) {
      const value = this.upTo(j);
      drawn.add(drawn.has(value) ? j : value);
    }
    return Uint32Array.from(drawn);
  }

  private shuffle(values: Uint32Array, first: number): Uint32Array {
    for (let i = values.length - 1; i >= first; i--) {
      const j = this.upTo(i);
      [values[i], values[j]] = [values[j], values[i]];
    }
    return values;
  }

  // An integer from 0 to `largest` (below 2^32 - 1), by multiplication (Lemire 2019).
  private upTo(largest: number): number {
    if (largest === 0) return 0;
    const size = largest + 1;
    for (;;) {
      // Both halves of a 64-bit product, in steps that doubles represent exactly.
      const word = this.bits.uint32();
      const lower = (word & 0xffff) * size;
      const carry = Math.floor(lower / 65536);
      const upper = (word >>> 16) * size + carry;
      const high = Math.floor(upper / 65536);
      const low = (upper - high * 65536) * 65536 + (lower - carry * 65536);
      // The remainder is below the size: usually it need not be computed.
      if (low >= size || low >= 2 ** 32 % size) return high;
    }
  }
}
