/** Names, shapes and order of weights in ncps.keras and ncps.tf. */

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
 * The weights of the equivalent ncps.keras layer, in the order of its `get_weights()`.
 *
 * @throws InvalidArgumentError when there is no such layer
 */
export function kerasPlan(layer: BridgedLayer): WeightPlan {
  checkCounterpart(layer, "tf", "ncps.keras and ncps.tf");
  const { cell } = layer;
  if (cell instanceof LTCCell && cell.implicitConstraints) {
    throw new InvalidArgumentError(
      "layer",
      "has implicitConstraints, which ncps.keras does not have; construct new LTC({ ..., implicitConstraints: false })",
    );
  }
  const prefix = hasMixedMemory(layer) ? "cell/rnn_cell/" : "cell/";
  const places = placesOf(layer, { transposed: false, nameOf: (part) => kerasName(part, prefix) });
  if (places.some(({ name }) => name.startsWith("fc/"))) {
    throw new InvalidArgumentError(
      "layer",
      "has a projection, which the layers of ncps.keras do not have; omit projSize and add a dense layer after it",
    );
  }
  return { places: places.sort((a, b) => rankOf(a.name) - rankOf(b.name)), fixed: [] };
}

function kerasName({ layer, what, index, kind }: WeightPart, prefix: string): string {
  if (what === "lstm") return kind === "kernel" ? "cell/input_kernel" : "cell/bias";
  if (what === "recurrent") return "cell/recurrent_kernel";
  if (what === "fc") return `fc/${kind}`;
  const cell = layer === undefined ? prefix : `${prefix}_cfc_layers${layer - 1}/`;
  if (index !== undefined) return `${cell}backbone_fn/layers${2 * index - 2}/${kind}`; // there are dropouts in between
  if (what === "ff1" || what === "ff2") return `${cell}${what}_${kind === "kernel" ? "weight" : "bias"}`;
  return kind ? `${cell}${what}/${kind}` : cell + what;
}

// Keras lists a layer's own weights before those of the layers inside it.
const order = [
  ...["input_kernel", "recurrent_kernel", "bias"],
  ...["ff1_weight", "ff1_bias", "ff2_weight", "ff2_bias", "w_tau", "A", "backbone_fn"],
  ...["time_a/kernel", "time_a/bias", "time_b/kernel", "time_b/bias"],
  ...["gleak", "vleak", "cm", "sigma", "mu", "w", "erev"],
  ...["sensory_sigma", "sensory_mu", "sensory_w", "sensory_erev"],
  ...["input_w", "input_b", "output_w", "output_b"],
];

/** Layer of the wiring, then position among its weights. */
function rankOf(name: string): number {
  const [, layer = 0, local] = /^cell\/(?:rnn_cell\/)?(?:_cfc_layers(\d+)\/)?(.+)$/.exec(name)!;
  const kind = local.startsWith("backbone_fn/") ? "backbone_fn" : local;
  return Number(layer) * order.length + order.indexOf(kind);
}
