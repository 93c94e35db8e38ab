/** Seeded random numbers for tests. */

import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Draws the same numbers for the same seed (xoroshiro128+). */
export class Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed any integer */
  constructor(seed: number) {
    let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b); // nearby seeds give unrelated streams
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    this.generator = xoroshiro128plus((h ^ (h >>> 16)) | 0 || 0x9e3779b9);
  }

  /** Uniformly distributed from `low` to below `high`, by default from 0 to 1. */
  uniform(low = 0, high = 1): number {
    const [upper, lower] = [this.word() >>> 5, this.word() >>> 6];
    return low + ((high - low) * (upper * 0x4000000 + lower)) / 0x20000000000000;
  }

  /** A whole number from 0 to below `limit`. */
  integer(limit: number): number {
    const end = 0x100000000 - (0x100000000 % limit);
    let draw = this.word();
    while (draw >= end) draw = this.word();
    return draw % limit;
  }

  /** Normally distributed with mean 0 and deviation 1. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  private word(): number {
    return this.generator.next() >>> 0;
  }
}
