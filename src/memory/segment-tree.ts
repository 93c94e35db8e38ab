import { checkInteger } from "../core/check-integer.js";
/** Sums and minima of changing numbers. */

/**
 * A binary tree over `capacity` numbers, filled up to a power of two, in one array: node `i` has children `2i` and
 * `2i + 1`, and the numbers are the leaves. Changing a number and asking for the whole take `log2(capacity)` steps.
 */
export abstract class SegmentTree {
  /** Numbers, a power of two. */
  readonly leaves: number;
  /** Node 1 is the root, nodes `leaves` on are the numbers. */
  protected readonly nodes: Float64Array;

  /** @param capacity numbers wanted · @param neutral value of empty leaves */
  protected constructor(capacity: number, neutral: number) {
    checkInteger("capacity", capacity);
    this.leaves = 2 ** Math.ceil(Math.log2(capacity));
    this.nodes = new Float64Array(2 * this.leaves).fill(neutral);
  }

  /** What a node makes of its children. */
  protected abstract combine(left: number, right: number): number;

  /** Number at an index. */
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

  /** Changes all numbers, from the first on. */
  setAll(values: ArrayLike<number>): void {
    const { nodes, leaves } = this;
    for (let i = 0; i < values.length; i++) nodes[leaves + i] = values[i];
    for (let node = leaves - 1; node >= 1; node--) {
      nodes[node] = this.combine(nodes[2 * node], nodes[2 * node + 1]);
    }
  }
}

/**
 * Sums of priorities, for drawing in proportion to them.
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

  /** The index whose share of `[0, total)` holds `mass`: the first whose running sum exceeds it. */
  find(mass: number): number {
    const { nodes, leaves } = this;
    let node = 1;
    let rest = mass;
    while (node < leaves) {
      node *= 2;
      // Rounding must not lead into a branch that holds nothing.
      if (rest >= nodes[node] && nodes[node + 1] > 0) {
        rest -= nodes[node];
        node++;
      }
    }
    return node - leaves;
  }
}

/** The smallest of all numbers; infinity while there is none. */
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
