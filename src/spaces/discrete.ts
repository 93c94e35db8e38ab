/** Discrete space: a finite set of integers. */

import { checkInteger } from "../core/check-integer.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { Space, SpaceJSON } from "./space.js";

/**
 * The integers `start .. start + n - 1`.
 *
 * @example
 * ```ts
 * const actions = new Discrete(4);
 * actions.contains(3); // true
 * ```
 */
export class Discrete implements Space<number> {
  /** @inheritDoc */
  readonly kind = "discrete";
  /** @inheritDoc */
  readonly shape: readonly number[] = [];
  /** @inheritDoc */
  readonly dtype = "int32";

  /**
   * @param n number of values, at least 1
   * @param start first value, default 0
   * @throws InvalidArgumentError when `n` is not a positive integer or `start` not an integer
   */
  constructor(
    readonly n: number,
    readonly start = 0,
  ) {
    checkInteger("n", n);
    if (!Number.isSafeInteger(start)) {
      throw new InvalidArgumentError("start", `expected an integer, received ${start}`);
    }
  }

  /** @inheritDoc */
  sample(random: Random): number {
    return this.start + random.integer(this.n);
  }

  /** @inheritDoc */
  contains(value: unknown): boolean {
    return (
      Number.isInteger(value) && (value as number) >= this.start && (value as number) < this.start + this.n
    );
  }

  /** @inheritDoc */
  toJSON(): SpaceJSON {
    return { kind: this.kind, n: this.n, start: this.start };
  }
}
