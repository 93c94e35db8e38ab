/** Names, shapes and order of ncps.keras and ncps.tf. */

import { LTCCell } from "../cells/ltc-cell.js";
import { InvalidArgumentError } from "../core/errors.js";
import {
  type BridgedLayer,
  checkCounterpart,
  hasMixedMemory,
  placesOf,
  type WeightPart,
  type WeightPlan,
} from "./weight-plan.js";

/**
 * The weights of the ncps.keras layer that computes what a built layer does, in the order of its `get_weights()`.
 *
 * @throws InvalidArgumentError when there is no such layer
 */
export function kerasPlan(layer: BridgedLayer): WeightPlan {
  checkCounterpart(layer, "tf", "ncps.keras and ncps.tf");
  const { cell } = layer;
  if (cell instanceof LTCCell && cell.implicitConstraints) {
    throw new InvalidArgumentError(
      "layer",
      "has implicitConstraints, which ncps.keras has not; construct new LTC({ ..., implicitConstraints: false })",
    );
  }
  const prefix = hasMixedMemory(layer) ? "cell/rnn_cell/" : "cell/";
  const places = placesOf(layer, { transposed: false, nameOf: (part) => kerasName(part, prefix) });
  if (places.some(({ name }) => name.startsWith("fc/"))) {
    throw new InvalidArgumentError(
      "layer",
      "has a projection, which the layers of ncps.keras have not; leave out projSize and put a dense layer after it",
    );
  }
  const ranked = places.map((place, i) => ({ place, rank: rankOf(place.name, i) }));
  ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  return { places: ranked.map(({ place }) => place), fixed: [] };
}

function kerasName({ layer, what, index, kind }: WeightPart, prefix: string): string {
  if (what === "lstm") return kind === "kernel" ? "cell/input_kernel" : "cell/bias";
  if (what === "recurrent") return "cell/recurrent_kernel";
  if (what === "fc") return `fc/${kind}`;
  const cell = layer === undefined ? prefix : `${prefix}_cfc_layers${layer - 1}/`;
  if (index !== undefined) return `${cell}backbone_fn/layers${2 * index - 2}/${kind}`; // dropouts lie between
  if (what === "ff1" || what === "ff2") return `${cell}${what}_${kind === "kernel" ? "weight" : "bias"}`;
  return kind ? `${cell}${what}/${kind}` : cell + what;
}

// Keras lists a layer's own weights before those of the layers inside it.
const order = [
  /^cell\/input_kernel$/,
  /^cell\/recurrent_kernel$/,
  /^cell\/bias$/,
  /\/ff1_weight$/,
  /\/ff1_bias$/,
  /\/(ff2_weight|w_tau)$/,
  /\/(ff2_bias|A)$/,
  /\/backbone_fn\//,
  /\/time_a\/kernel$/,
  /\/time_a\/bias$/,
  /\/time_b\/kernel$/,
  /\/time_b\/bias$/,
  ...["gleak", "vleak", "cm", "sigma", "mu", "w", "erev"].map((name) => new RegExp(`/${name}$`)),
];

function rankOf(name: string, position: number): [number, number] {
  const layer = Number(/_cfc_layers(\d+)\//.exec(name)?.[1] ?? 0);
  const rank = order.findIndex((pattern) => pattern.test(name));
  if (rank >= 0) return [(rank > 2 ? layer : 0) * order.length + rank, position];
  const sensory = /\/sensory_(sigma|mu|w|erev)$/.exec(name)?.[1];
  const later = sensory ? ["sigma", "mu", "w", "erev"].indexOf(sensory) : 4;
  return [order.length + later, position];
}
