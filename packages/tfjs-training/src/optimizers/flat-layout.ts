/** Layout of many named tensors in one vector. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";

/** Position of one tensor in the vector. */
export interface FlatEntry {
  /** Name of the tensor. */
  readonly name: string;
  /** Shape of the tensor. */
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  /** Index of the first element. */
  readonly offset: number;
}

/**
 * Order and positions of named tensors in one vector. A few operations on one long vector replace
 * a few operations on every tensor: small networks are limited by the number of operations.
 * Tensors are sorted by name, so that sums do not depend on the order in which tensors are passed.
 */
export class FlatLayout {
  /** All tensors, sorted by name. */
  readonly entries: readonly FlatEntry[];
  /** Length of the vector. */
  readonly size: number;

  /** @param tensors at least one tensor by name */
  constructor(tensors: ReadonlyMap<string, tf.Tensor>) {
    if (tensors.size === 0)
      throw new InvalidArgumentError("variables", "expected at least one, received none");
    let offset = 0;
    this.entries = [...tensors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { shape }]) => {
        const entry = { name, shape: [...shape], size: sizeOf(shape), offset };
        offset += entry.size;
        return entry;
      });
    this.size = offset;
  }

  /** Whether tensors have the names and shapes of this layout. */
  fits(tensors: ReadonlyMap<string, tf.Tensor>): boolean {
    return (
      tensors.size === this.entries.length &&
      this.entries.every(({ name, shape }) => sameShape(tensors.get(name)?.shape, shape))
    );
  }

  /**
   * Returns all tensors in the order of {@link FlatLayout.entries}.
   *
   * @throws InvalidArgumentError when a tensor is missing or not part of this layout
   * @throws ShapeError when a tensor has the wrong shape
   */
  inOrder<T extends tf.Tensor>(tensors: ReadonlyMap<string, T>, argument: string): T[] {
    const parts = this.entries.map(({ name, shape }) => {
      const tensor = tensors.get(name);
      if (!tensor) {
        throw new InvalidArgumentError(
          argument,
          `expected one for "${name}", received none. tf.variableGrads omits variables that the loss does not depend on: pass tf.zerosLike(variable) for them`,
        );
      }
      if (!sameShape(tensor.shape, shape)) {
        throw new ShapeError(`${argument} of "${name}"`, `[${shape.join(", ")}]`, tensor.shape);
      }
      return tensor;
    });
    if (tensors.size > parts.length) {
      const known = new Set(this.entries.map(({ name }) => name));
      const extra = [...tensors.keys()].filter((name) => !known.has(name));
      throw new InvalidArgumentError(
        argument,
        `expected variables' names only, received "${extra.join('", "')}"`,
      );
    }
    return parts;
  }

  /** Returns all tensors as one vector; throws like {@link FlatLayout.inOrder}. */
  flatten(tensors: ReadonlyMap<string, tf.Tensor>, argument: string): tf.Tensor1D {
    const parts = this.inOrder(tensors, argument).map((part, i) => tf.reshape(part, [this.entries[i].size]));
    return parts.length === 1 ? (parts[0] as tf.Tensor1D) : tf.concat1d(parts as tf.Tensor1D[]);
  }

  /** Splits a vector into tensors of the layout's shapes, in the order of {@link FlatLayout.entries}. */
  split(flat: tf.Tensor1D): tf.Tensor[] {
    const parts =
      this.entries.length === 1
        ? [flat]
        : tf.split(
            flat,
            this.entries.map(({ size }) => size),
          );
    return parts.map((part, i) => tf.reshape(part, [...this.entries[i].shape]));
  }
}

function sameShape(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a !== undefined && a.length === b.length && a.every((size, i) => size === b[i]);
}
