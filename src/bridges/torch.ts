/** Imports and exports weights of ncps.torch. */

import type { SafeTensor } from "../checkpoints/safetensors.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { torchBackboneIndex, torchPlan } from "./torch-plan.js";
import { loadPlan, type NamedArrays, readPlan, underPrefix } from "./transfer.js";
import type { BridgedLayer } from "./weight-plan.js";

/** Options of {@link loadTorchWeights}. */
export interface LoadWeightsOptions {
  /**
   * Prefix of the names of the layer's arrays, e.g. `"policy.rnn."` for a module inside another one; arrays
   * with other names are then ignored. Default: none, and all arrays must belong to the layer.
   */
  prefix?: string;
}

/** The names of {@link LoadWeightsOptions}. */
export const loadWeightsNames = optionNames<LoadWeightsOptions>({
  prefix: true,
});

/**
 * Loads the `state_dict` of a `CfC` or `LTC` of the Python package ncps (ncps.torch) into a built layer of the same
 * sizes, mode, wiring and mappings. All arrays are checked first; on an error no weight has changed.
 *
 * The positions of the backbone's layers may be those with or without dropout.
 *
 * @throws InvalidArgumentError when the layer has a different flavour or no counterpart in ncps.torch
 * @throws CheckpointError when an array is missing, superfluous, or a sparsity mask is not that of the wiring
 * @throws ShapeError when an array has the wrong shape
 * @throws InvalidStateError when the layer is not built
 *
 * @example
 * ```ts
 * const layer = new CfC({ wiring: new AutoNCP({ units: 16, outputSize: 4 }) });
 * layer.build([null, null, 8]);
 * loadTorchWeights(layer, readArrays(bytes)); // bytes of a .safetensors or .npz file
 * ```
 */
export function loadTorchWeights(
  layer: BridgedLayer,
  arrays: NamedArrays,
  options: LoadWeightsOptions = {},
): void {
  checkOptions("loadTorchWeights", options, loadWeightsNames);
  const { prefix = "" } = options;
  const plan = torchPlan(layer);
  const named = withIndices(
    underPrefix(arrays, prefix),
    plan.places.map(({ name }) => name),
  );
  loadPlan(layer, named, plan, "ncps.torch");
}

/**
 * The weights of a built layer with the names, axis order and masks of ncps.torch, for
 * `load_state_dict`. Copies; float32.
 *
 * @throws InvalidArgumentError when the layer has a different flavour or no counterpart in ncps.torch
 * @throws InvalidStateError when the layer is not built
 *
 * @example
 * ```ts
 * await writeFile("policy.safetensors", writeSafetensors(torchWeights(layer)));
 * ```
 */
export function torchWeights(layer: BridgedLayer): Map<string, SafeTensor> {
  return readPlan(layer, torchPlan(layer));
}

const backboneName = /^rnn_cell\.backbone\.(\d+)\.(weight|bias)$/;

/** Renames the backbone's layers to the positions in the plan, whether the model was created with dropout or not. */
function withIndices(arrays: Map<string, SafeTensor>, expected: readonly string[]): Map<string, SafeTensor> {
  const positions = (names: Iterable<string>) => {
    const found = [...names]
      .map((name) => backboneName.exec(name)?.[1])
      .filter((index) => index !== undefined);
    return [...new Set(found.map(Number))].sort((a, b) => a - b);
  };
  const ours = positions(expected);
  const theirs = positions(arrays.keys());
  const styles = [false, true].map((dropout) => ours.map((_, i) => torchBackboneIndex(i + 1, dropout)));
  if (!styles.some((style) => style.join() === theirs.join())) return arrays;
  const renamed = (name: string) =>
    name.replace(
      backboneName,
      (_, index, kind) => `rnn_cell.backbone.${ours[theirs.indexOf(Number(index))]}.${kind}`,
    );
  return new Map([...arrays].map(([name, array]) => [renamed(name), array]));
}
