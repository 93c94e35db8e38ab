/** The random generator of the library: seeded, serialisable, splittable. */

import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import { InvalidArgumentError } from "./errors.js";
import type { Stateful, StateRecord } from "./state.js";

/**
 * Seeded random generator (xoroshiro128+). The same seed gives the same numbers on every
 * machine and backend, and {@link Random.getState} returns the whole state.
 *
 * @example
 * ```ts
 * const random = new Random(42);
 * random.integer(6);    // 0..5
 * random.uniform(-1, 1);
 * const state = random.getState();
 * ```
 */
export class Random implements Stateful {
  private generator: JumpableRandomGenerator;

  /**
   * @param seed any integer; the default is taken from `Math.random`
   * @throws InvalidArgumentError when the seed is not an integer
   */
  constructor(seed: number = Math.floor(Math.random() * 0x7fffffff)) {
    if (!Number.isInteger(seed))
      throw new InvalidArgumentError("seed", `expected an integer, received ${seed}`);
    this.generator = xoroshiro128plus(mix(seed));
  }

  /** Next raw 32-bit unsigned integer. */
  uint32(): number {
    return this.generator.next() >>> 0;
  }

  /** Uniform number in `[low, high)`, 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
    return low + (high - low) * unit;
  }

  /** Uniform integer in `[0, n)`, without bias. */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n > 0 && n <= 0x100000000)) {
      throw new InvalidArgumentError("n", `expected an integer in 1..2^32, received ${n}`);
    }
    const limit = 0x100000000 - (0x100000000 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }

  /** Normal number (Box-Muller, without a cached second value). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles an array in place (Fisher-Yates) and returns it. */
  shuffle<T extends ArrayLike<unknown>>(array: T): T {
    const items = array as { [index: number]: unknown };
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return array;
  }

  /** A random permutation of `0..n-1`. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** A new generator whose stream is independent of this one; advances this one. */
  split(): Random {
    return new Random(this.uint32());
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { xoroshiro128plus: Int32Array.from(this.generator.getState()) };
  }

  /**
   * Restores a state.
   *
   * @throws InvalidArgumentError when it is not the state of such a generator, or all zeros
   */
  setState(state: StateRecord): void {
    const words = state.xoroshiro128plus;
    if (!(words instanceof Int32Array) || words.length !== 4) {
      throw new InvalidArgumentError("state", "expected { xoroshiro128plus: Int32Array(4) }");
    }
    // The generator would return zeros forever, and no seed leads there.
    if (words.every((word) => word === 0)) {
      throw new InvalidArgumentError("state", "expected a generator that is not all zeros");
    }
    this.generator = xoroshiro128plusFromState(Array.from(words));
  }
}

// Nearby seeds must give unrelated streams (finaliser of MurmurHash3). It maps 0 to 0, of which xoroshiro128+ would
// make a state of ones and zeros, whose first draws are all but 1: a first weight at 7 standard deviations.
function mix(seed: number): number {
  const high = Math.floor(seed / 0x100000000);
  let h = (seed + Math.imul(high, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0 || 0x9e3779b9;
}
