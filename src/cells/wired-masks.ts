/** Sparsity masks of a wired CfC's kernels. */

import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import type { BuiltWiring } from "../wirings/wiring.js";

/**
 * Which connections of a wired CfC its wiring masks:
 * - `layer`, as in ncps: the wiring decides which inputs reach the candidates `f` and `g`; within a layer every
 *   neuron reads the state of every other, and the time gates read everything
 * - `wired`: recurrence within a layer follows the wiring too (each neuron also reads its own state, which is
 *   its memory), and the time gates have the same synapses as the candidates
 */
export type CfCRecurrence = "layer" | "wired";

/** Names of all recurrences. */
export const cfcRecurrences: readonly CfCRecurrence[] = ["layer", "wired"];

/** Options of {@link wiredMask}. */
export interface WiredMaskOptions {
  /** `torch`: 1 where there is a synapse; `tf`: its sign. */
  flavour: CfCFlavour;
  /** Which connections the wiring masks. */
  recurrence: CfCRecurrence;
  /** Number of heads: 4, or 1 in pure mode. */
  heads: number;
}

/** Mask of the heads' kernel of one layer, row-major `[inputs + size, heads * size]`. */
export function wiredMask(built: BuiltWiring, layer: number, options: WiredMaskOptions): Float32Array {
  const { flavour, recurrence, heads } = options;
  const ids = built.layers[layer];
  const before = layer === 0 ? undefined : built.layers[layer - 1];
  const inputs = before?.length ?? built.inputDim;
  const size = ids.length;
  const sign = (entry: number) => (flavour === "torch" ? Math.abs(entry) : entry);
  const synapse = (row: number, column: number): number => {
    const target = ids[column];
    if (row < inputs) {
      return before
        ? built.adjacency[before[row] * built.units + target]
        : built.sensoryAdjacency[row * built.units + target];
    }
    if (recurrence === "layer") return 1;
    return built.adjacency[ids[row - inputs] * built.units + target] || (row - inputs === column ? 1 : 0);
  };
  return headMask({
    rows: inputs + size,
    units: size,
    heads,
    maskedHeads: recurrence === "wired" ? heads : Math.min(heads, 2),
    factor: (row, column) => sign(synapse(row, column)),
  });
}

/** Arguments of {@link headMask}. */
export interface HeadMaskOptions {
  /** Number of rows: inputs and state. */
  rows: number;
  /** Number of neurons. */
  units: number;
  /** Number of heads. */
  heads: number;
  /** Number of masked heads, starting with the first; the others stay dense. */
  maskedHeads: number;
  /** Mask value of the weight from a row to a neuron. */
  factor: (row: number, column: number) => number;
}

/** One mask for all heads side by side, row-major `[rows, heads * units]`. */
export function headMask({ rows, units, heads, maskedHeads, factor }: HeadMaskOptions): Float32Array {
  const columns = heads * units;
  const mask = new Float32Array(rows * columns).fill(1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < units; column++) {
      const value = factor(row, column);
      for (let head = 0; head < maskedHeads; head++) mask[row * columns + head * units + column] = value;
    }
  }
  return mask;
}
