/** Names and shapes of weights in ncps.torch. */

import { CfCCell } from "../cells/cfc-cell.js";
import { LTCCell } from "../cells/ltc-cell.js";
import { wiredMask } from "../cells/wired-masks.js";
import { InvalidArgumentError } from "../core/errors.js";
import {
  type BridgedLayer,
  checkCounterpart,
  type FixedArray,
  placesOf,
  type WeightPart,
  type WeightPlan,
  wiredCell,
} from "./weight-plan.js";

/**
 * The `state_dict` of the equivalent ncps.torch module.
 *
 * @throws InvalidArgumentError when there is no such module
 */
export function torchPlan(layer: BridgedLayer): WeightPlan {
  checkCounterpart(layer, "torch", "ncps.torch");
  const { cell } = layer;
  const dropout = cell instanceof CfCCell && cell.backboneDropout > 0;
  const places = placesOf(layer, { transposed: true, nameOf: (part) => torchName(part, dropout) });
  if (cell instanceof LTCCell && places.some(({ name }) => name.startsWith("fc."))) {
    throw new InvalidArgumentError(
      "layer",
      "has a projection, which the LTC of ncps.torch does not have; omit projSize",
    );
  }
  return { places, fixed: cell instanceof LTCCell ? ltcMasks(cell) : wiredMasks(layer) };
}

/** Position of a backbone layer in the module's list, which also contains activations and dropouts. */
export function torchBackboneIndex(layer: number, dropout: boolean): number {
  // There is a dropout after each layer but the first.
  return dropout && layer > 1 ? 3 * layer - 4 : 2 * layer - 2;
}

function torchName({ layer, what, index, kind }: WeightPart, dropout: boolean): string {
  if (what === "lstm") return `lstm.input_map.${kind === "kernel" ? "weight" : "bias"}`;
  if (what === "recurrent") return "lstm.recurrent_map.weight";
  const cell = layer === undefined ? "rnn_cell." : `rnn_cell.layer_${layer - 1}.`;
  if (!kind) return cell + what;
  const suffix = kind === "kernel" ? "weight" : "bias";
  if (what === "fc") return `fc.${suffix}`;
  if (index !== undefined) return `${cell}backbone.${torchBackboneIndex(index, dropout)}.${suffix}`;
  return `${cell}${what}.${suffix}`;
}

function ltcMasks({ builtWiring: { units, inputDim, adjacency, sensoryAdjacency } }: LTCCell): FixedArray[] {
  const data = (entries: Int8Array) => Float32Array.from(entries, Math.abs);
  return [
    { name: "rnn_cell.sparsity_mask", shape: [units, units], data: data(adjacency) },
    { name: "rnn_cell.sensory_sparsity_mask", shape: [inputDim, units], data: data(sensoryAdjacency) },
  ];
}

function wiredMasks(layer: BridgedLayer): FixedArray[] {
  const cell = wiredCell(layer);
  if (!cell) return [];
  const { builtWiring, recurrence } = cell;
  return cell.layers.map(({ size }, i) => {
    const mask = wiredMask(builtWiring, i, { flavour: "torch", recurrence, heads: 1 });
    const rows = mask.length / size;
    const data = mask.map((_, k) => mask[(k % rows) * size + Math.floor(k / rows)]);
    return { name: `rnn_cell.layer_${i}.sparsity_mask`, shape: [size, rows], data };
  });
}
