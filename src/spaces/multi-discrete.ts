/** MultiDiscrete space: several discrete choices made at once. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { Space, SpaceJSON } from "./space.js";

/**
 * A vector of independent discrete choices; entry `i` is in `0 .. nvec[i] - 1`.
 *
 * @example
 * ```ts
 * new MultiDiscrete([3, 2]).contains(Int32Array.of(2, 1)); // true
 * ```
 */
export class MultiDiscrete implements Space<Int32Array> {
  /** @inheritDoc */
  readonly kind = "multi-discrete";
  /** @inheritDoc */
  readonly shape: readonly number[];
  /** @inheritDoc */
  readonly dtype = "int32";
  /** Number of values of each entry. */
  readonly nvec: readonly number[];

  /**
   * @param nvec number of values of each entry
   * @throws InvalidArgumentError when empty or an entry is not a positive integer
   */
  constructor(nvec: readonly number[]) {
    if (nvec.length === 0 || !nvec.every((n) => Number.isInteger(n) && n > 0)) {
      throw new InvalidArgumentError("nvec", `expected positive integers, received [${nvec.join(", ")}]`);
    }
    this.nvec = [...nvec];
    this.shape = [nvec.length];
  }

  /** @inheritDoc */
  sample(random: Random): Int32Array {
    return Int32Array.from(this.nvec, (n) => random.integer(n));
  }

  /** @inheritDoc */
  contains(value: unknown): boolean {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
    const entries = Array.from(value as ArrayLike<unknown>);
    return (
      entries.length === this.nvec.length &&
      entries.every(
        (entry, i) => Number.isInteger(entry) && (entry as number) >= 0 && (entry as number) < this.nvec[i],
      )
    );
  }

  /** @inheritDoc */
  toJSON(): SpaceJSON {
    return { kind: this.kind, nvec: [...this.nvec] };
  }
}
