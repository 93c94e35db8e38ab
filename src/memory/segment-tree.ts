import { checkInteger } from "../core/check-integer.js";
/** Segment trees: sums and minima of numbers that change. */

/**
 * A binary tree over `capacity` numbers, rounded up to a power of two, in one array: node `i` has children `2i` and
 * `2i + 1`, and the numbers are the leaves. An update takes `log2(capacity)` steps.
 */
export abstract class SegmentTree {
  /** Number of leaves, a power of two. */
  readonly leaves: number;
  /** Node 1 is the root, nodes from `leaves` on are the numbers. */
  protected readonly nodes: Float64Array;

  /** @param capacity minimum number of leaves · @param neutral value of empty leaves */
  protected constructor(capacity: number, neutral: number) {
    checkInteger("capacity", capacity);
    this.leaves = 2 ** Math.ceil(Math.log2(capacity));
    this.nodes = new Float64Array(2 * this.leaves).fill(neutral);
  }

  /** Combines the values of two children. */
  protected abstract combine(left: number, right: number): number;

  /** The number at an index. */
  get(index: number): number {
    return this.nodes[this.leaves + index];
  }

  /** Changes the number at an index. */
  set(index: number, value: number): void {
    const { nodes } = this;
    let node = this.leaves + index;
    nodes[node] = value;
    for (node >>>= 1; node >= 1; node >>>= 1)
      nodes[node] = this.combine(nodes[2 * node], nodes[2 * node + 1]);
  }

  /** Sets all numbers, from the first on. */
  setAll(values: ArrayLike<number>): void {
    const { nodes, leaves } = this;
    for (let i = 0; i < values.length; i++) nodes[leaves + i] = values[i];
    for (let node = leaves - 1; node >= 1; node--) {
      nodes[node] = this.combine(nodes[2 * node], nodes[2 * node + 1]);
    }
  }
}

/**
 * A segment tree of sums, for sampling in proportion to priorities.
 *
 * @example
 * ```ts
 * const tree = new SumTree(4);
 * [1, 2, 0.5, 4].forEach((priority, i) => tree.set(i, priority));
 * tree.total;     // 7.5
 * tree.find(2.5); // 1
 * ```
 */
export class SumTree extends SegmentTree {
  /** @throws InvalidArgumentError when the capacity is not a positive integer */
  constructor(capacity: number) {
    super(capacity, 0);
  }

  protected combine(left: number, right: number): number {
    return left + right;
  }

  /** Sum of all numbers. */
  get total(): number {
    return this.nodes[1];
  }

  /** The index whose share of `[0, total)` contains `mass`: the first whose running sum exceeds it. */
  find(mass: number): number {
    const { nodes, leaves } = this;
    let node = 1;
    let rest = mass;
    while (node < leaves) {
      node *= 2;
      // Rounding must not lead into an empty branch.
      if (rest >= nodes[node] && nodes[node + 1] > 0) {
        rest -= nodes[node];
        node++;
      }
    }
    return node - leaves;
  }
}

/** A segment tree of minima; infinity while it is empty. */
export class MinTree extends SegmentTree {
  /** @throws InvalidArgumentError when the capacity is not a positive integer */
  constructor(capacity: number) {
    super(capacity, Number.POSITIVE_INFINITY);
  }

  protected combine(left: number, right: number): number {
    return left < right ? left : right;
  }

  /** The smallest number. */
  get min(): number {
    return this.nodes[1];
  }
}
