/** Recorded runs of LTC cells. */

import type { LTCMapping } from "../../src/cells/ltc-weights.js";
import { LTC } from "../../src/layers/ltc.js";
import { AdjacencyWiring } from "../../src/wirings/adjacency-wiring.js";
import type { Wiring } from "../../src/wirings/wiring.js";
import { flatten, shapeOf } from "./case.js";
import { hasMixedMemory, isTorch, loadParameters, type Prepare } from "./subject.js";

/** Makes the layer of an LTC case; the cell's parameters have the same names in both libraries. */
export const prepareLTC: Prepare = (oracle) => {
  const { meta = {}, params, x, y } = oracle;
  const torch = isTorch(oracle);
  const local = (name: string) => name.replace(/^(rnn_cell\.|cell\/rnn_cell\/|cell\/)/, "");
  const find = (name: string) => params[Object.keys(params).find((other) => local(other) === name) ?? ""];
  const mappingOf = (side: string): LTCMapping => {
    if (find(`${side}_b`)) return "affine";
    return find(`${side}_w`) ? "linear" : "none";
  };
  const layer = new LTC({
    wiring: recordedWiring(
      find("gleak").shape[0],
      shapeOf(y).at(-1)!,
      flatten((find("sparsity_mask") ?? find("erev")).value),
      flatten((find("sensory_sparsity_mask") ?? find("sensory_erev")).value),
    ),
    inputMapping: mappingOf("input"),
    outputMapping: mappingOf("output"),
    odeUnfolds: numberOr(meta.ode_unfolds, 6),
    epsilon: numberOr(meta.epsilon, 1e-8),
    flavour: torch ? "torch" : "tf",
    mixedMemory: hasMixedMemory(oracle),
    implicitConstraints: torch && meta.implicit !== false,
    returnSequences: shapeOf(y).length === 3,
    returnState: true,
    seed: 0,
  });
  layer.build([null, null, shapeOf(x)[2]]);
  return loadParameters(layer, oracle);
};

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

// The synapses of a case: where a mask, or otherwise a reversal potential, is not 0.
function recordedWiring(units: number, outputDim: number, inner: number[], sensory: number[]): Wiring {
  const rows = (values: number[]) =>
    Array.from({ length: values.length / units }, (_, row) =>
      values.slice(row * units, (row + 1) * units).map(Math.sign),
    );
  return new AdjacencyWiring({ adjacency: rows(inner), sensoryAdjacency: rows(sensory), outputDim });
}
