/** Imports and exports weights of ncps.keras and ncps.tf. */

import { LTCCell } from "../cells/ltc-cell.js";
import type { SafeTensor } from "../checkpoints/safetensors.js";
import { checkOptions } from "../core/check-options.js";
import { CheckpointError } from "../core/errors.js";
import { withKerasNames } from "./keras-names.js";
import { kerasPlan } from "./keras-plan.js";
import { type LoadWeightsOptions, loadWeightsNames } from "./torch.js";
import { loadPlan, type NamedArrays, readPlan, underPrefix } from "./transfer.js";
import type { BridgedLayer } from "./weight-plan.js";

/**
 * Loads the weights of a `CfC` or `LTC` of ncps.keras (Keras 3) or ncps.tf into a built layer of flavour `"tf"` and
 * the same sizes, mode, wiring and mappings. All arrays are checked first; on an error no weight has changed.
 *
 * Names are the paths of Keras (`cf_c/cf_c_cell/ff1_weight`), with `cell/` instead or no prefix at all, or
 * `arr_0`, `arr_1`, ... in the order of `get_weights()`. Keras stores no masks: of a wired CfC only the sizes are
 * compared with the wiring, of an LTC also that there is no reversal potential where the wiring has no synapse.
 *
 * @throws InvalidArgumentError when the layer has a different flavour or no counterpart in ncps.keras
 * @throws CheckpointError when an array is missing, superfluous, or does not match the wiring
 * @throws ShapeError when an array has the wrong shape
 * @throws InvalidStateError when the layer is not built
 *
 * @example
 * ```ts
 * const layer = new LTC({ wiring: new AutoNCP({ units: 16, outputSize: 4 }), flavour: "tf" });
 * layer.build([null, null, 8]);
 * loadKerasWeights(layer, readArrays(bytes)); // np.savez("weights.npz", *layer.get_weights())
 * ```
 */
export function loadKerasWeights(
  layer: BridgedLayer,
  arrays: NamedArrays,
  options: LoadWeightsOptions = {},
): void {
  checkOptions("loadKerasWeights", options, loadWeightsNames);
  const { prefix = "" } = options;
  const plan = kerasPlan(layer);
  const named = withKerasNames(
    underPrefix(arrays, prefix),
    plan.places.map(({ name }) => name),
  );
  checkPotentials(layer, named);
  loadPlan(layer, named, plan, "ncps.keras");
}

/**
 * The weights of a built layer of flavour `"tf"` under the names `cell/...`, in the order that `set_weights` of
 * the ncps.keras layer expects. Copies; float32.
 *
 * @throws InvalidArgumentError when the layer has a different flavour or no counterpart in ncps.keras
 * @throws InvalidStateError when the layer is not built
 *
 * @example
 * ```ts
 * await writeFile("policy.npz", writeNpz(kerasWeights(layer)));
 * // Python: z = np.load("policy.npz"); layer.set_weights([z[name] for name in z.files])
 * ```
 */
export function kerasWeights(layer: BridgedLayer): Map<string, SafeTensor> {
  return readPlan(layer, kerasPlan(layer));
}

/**
 * Checks the synapses of an LTC without masks: its reversal potentials are 0 where there is no synapse, and stay so.
 */
function checkPotentials({ cell }: BridgedLayer, arrays: NamedArrays): void {
  if (!(cell instanceof LTCCell)) return;
  const { adjacency, sensoryAdjacency } = cell.builtWiring;
  for (const [name, { data }] of arrays) {
    const kind = /(?:^|\/)(sensory_)?erev$/.exec(name);
    const entries = kind?.[1] ? sensoryAdjacency : adjacency;
    if (!kind || data.length !== entries.length) continue;
    const at = data.findIndex((value, i) => value !== 0 && entries[i] === 0);
    if (at < 0) continue;
    throw new CheckpointError(
      `${name}: has a reversal potential at element ${at}, where the layer's wiring has no synapse; ` +
        "construct the layer with the wiring of the saved model",
    );
  }
}
