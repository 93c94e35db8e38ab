/** Box space: arrays of numbers between bounds. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import {
  createTypedArray,
  type DType,
  dtypeOf,
  isTypedArray,
  sizeOf,
  type TypedArray,
} from "../core/state.js";
import type { BoundJSON, Space, SpaceJSON } from "./space.js";

/** Lowest and highest number of each element type. */
const ranges: Record<DType, readonly [number, number]> = {
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  float32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  float64: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** Options of {@link Box}. */
export interface BoxOptions {
  /** Lower bound: one number for all, or one for each element. */
  low: number | ArrayLike<number>;
  /** Upper bound, inclusive. */
  high: number | ArrayLike<number>;
  /** Shape of one value. */
  shape: readonly number[];
  /** Element type, default `"float32"`. */
  dtype?: DType;
}

const names = optionNames<BoxOptions>({
  low: true,
  high: true,
  shape: true,
  dtype: true,
});

/**
 * Arrays of a fixed shape whose elements are between bounds (inclusive, possibly infinite).
 *
 * @example
 * ```ts
 * const frames = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" });
 * ```
 */
export class Box implements Space<TypedArray> {
  /** @inheritDoc */
  readonly kind = "box";
  /** @inheritDoc */
  readonly shape: readonly number[];
  /** @inheritDoc */
  readonly dtype: DType;
  /** Lower bound: one number, or one for each element. */
  readonly low: number | Float64Array;
  /** Upper bound: one number, or one for each element. */
  readonly high: number | Float64Array;
  private readonly size: number;

  /**
   * @throws ShapeError when the length of a list of bounds does not match the shape
   * @throws InvalidArgumentError when the shape or the element type is not valid, a bound is NaN, low exceeds high,
   *   or no whole number of that type is between them
   */
  constructor(options: BoxOptions) {
    if (new.target === Box) checkOptions("Box", options, names);
    this.shape = [...options.shape];
    this.dtype = options.dtype ?? "float32";
    if (!this.shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new InvalidArgumentError("shape", `expected sizes of at least 0, received [${this.shape}]`);
    }
    if (!Object.hasOwn(ranges, this.dtype)) {
      const names = Object.keys(ranges).join(", ");
      throw new InvalidArgumentError("dtype", `expected one of ${names}, received ${this.dtype}`);
    }
    this.size = sizeOf(this.shape);
    this.low = this.bound("low", options.low);
    this.high = this.bound("high", options.high);
    for (let i = 0; i < this.size; i++) {
      if (!(at(this.low, i) <= at(this.high, i))) {
        throw new InvalidArgumentError(
          "low",
          `expected low <= high, received ${at(this.low, i)} > ${at(this.high, i)} at ${i}`,
        );
      }
      const [first, last] = this.wholeBounds(i);
      if (this.isWhole && first > last) {
        throw new InvalidArgumentError(
          "low",
          `expected bounds with a number of ${this.dtype} between, received ${at(this.low, i)} and ${at(this.high, i)}`,
        );
      }
      if (typeof this.low === "number" && typeof this.high === "number") break;
    }
  }

  private bound(name: string, value: number | ArrayLike<number>): number | Float64Array {
    // Compared with float32 elements, a bound must be a float32 number itself.
    const rounded = this.dtype === "float32" ? Math.fround : (x: number) => x;
    if (typeof value === "number") return rounded(value);
    if (value.length !== this.size) throw new ShapeError(name, `[${this.shape.join(", ")}]`, [value.length]);
    return Float64Array.from(value, rounded);
  }

  /** Draws uniformly between finite bounds; otherwise normal, or exponential from one finite bound. */
  sample(random: Random): TypedArray {
    const value = createTypedArray(this.dtype, this.size);
    for (let i = 0; i < this.size; i++) {
      const low = at(this.low, i);
      const high = at(this.high, i);
      const [first, last] = this.wholeBounds(i);
      if (Number.isFinite(low) && Number.isFinite(high)) {
        value[i] = this.isWhole ? first + random.integer(last - first + 1) : between(low, high, random);
      } else {
        const drawn = unbounded(low, high, random);
        value[i] = this.isWhole ? Math.max(first, Math.min(last, Math.trunc(drawn))) : drawn;
      }
    }
    return value;
  }

  private get isWhole(): boolean {
    return this.dtype !== "float32" && this.dtype !== "float64";
  }

  /** The lowest and the highest whole number of the type between the bounds. */
  private wholeBounds(i: number): [number, number] {
    const [least, greatest] = ranges[this.dtype];
    return [Math.max(least, Math.ceil(at(this.low, i))), Math.min(greatest, Math.floor(at(this.high, i)))];
  }

  /** @inheritDoc */
  contains(value: unknown): boolean {
    if (!isTypedArray(value) || value.length !== this.size || dtypeOf(value) !== this.dtype) return false;
    for (let i = 0; i < this.size; i++) {
      if (!(value[i] >= at(this.low, i) && value[i] <= at(this.high, i))) return false;
    }
    return true;
  }

  /** @inheritDoc */
  toJSON(): SpaceJSON {
    return {
      kind: this.kind,
      shape: [...this.shape],
      dtype: this.dtype,
      low: plain(this.low),
      high: plain(this.high),
    };
  }
}

function between(low: number, high: number, random: Random): number {
  if (Number.isFinite(high - low)) return random.uniform(low, high);
  const share = random.uniform();
  return low * (1 - share) + high * share;
}

function unbounded(low: number, high: number, random: Random): number {
  if (Number.isFinite(low)) return low - Math.log(1 - random.uniform());
  if (Number.isFinite(high)) return high + Math.log(1 - random.uniform());
  return random.normal();
}

function at(bound: number | Float64Array, i: number): number {
  return typeof bound === "number" ? bound : bound[i];
}

function plain(bound: number | Float64Array): BoundJSON | BoundJSON[] {
  const one = (value: number) => (Number.isFinite(value) ? value : String(value));
  return typeof bound === "number" ? one(bound) : Array.from(bound, one);
}
