/** Recorded runs of CfC cells: dense, wired and with mixed memory. */

import { WiredCfCCell } from "../../src/cells/wired-cfc-cell.js";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { type CfcActivation, cfcActivations } from "../../src/ops/activations.js";
import type { CfcMode } from "../../src/ops/cfc-problem.js";
import { cfcModes } from "../../src/ops/check-scan.js";
import { flatten, type OracleCase, shapeOf } from "./case.js";
import { backboneIndices, cfcPlaces } from "./cfc-places.js";
import { hasMixedMemory, isTorch, type Prepare, setParameters } from "./subject.js";
import { wiringOf } from "./wiring-of.js";

/** Makes the layer of a CfC case. */
export const prepareCfc: Prepare = (oracle) => {
  const { places, unknown } = cfcPlaces(oracle);
  const mode = modeOf(oracle);
  const activation = activationOf(oracle);
  if (unknown.length > 0) return { unsupported: `parameters ${unknown.join(", ")}` };
  if (!places.some(({ weight }) => weight.endsWith("heads/bias"))) return { unsupported: "no ff1 bias" };
  if (shapeOf(oracle.x).length !== 3) return { unsupported: "inputs without a batch" };
  if (!cfcModes.includes(mode)) return { unsupported: `mode ${mode}` };
  if (!cfcActivations.includes(activation)) return { unsupported: `activation ${activation}` };
  const layer = new CfC(optionsOf(oracle));
  layer.build([null, null, shapeOf(oracle.x)[2]]);
  checkMasks(oracle, layer);
  setParameters(layer, oracle, places);
  return { layer, places, torch: isTorch(oracle) };
};

function optionsOf(oracle: OracleCase): CfCOptions {
  const { tag, meta = {}, params, y } = oracle;
  const names = Object.keys(params);
  const sizeOf = (pattern: RegExp) => params[names.find((name) => pattern.test(name)) ?? ""]?.shape[0];
  const wired = names.some((name) => /layer_\d|_cfc_layers\d/.test(name));
  const dense = () => ({
    units: sizeOf(/ff1[._/]bias$/),
    activation: activationOf(oracle),
    backboneLayers: backboneIndices(oracle).length,
    backboneUnits: sizeOf(/backbone.*bias$/),
  });
  return {
    ...(wired ? { wiring: wiringOf(oracle) } : dense()),
    mode: modeOf(oracle),
    flavour: isTorch(oracle) ? "torch" : "tf",
    mixedMemory: hasMixedMemory(oracle),
    projSize: sizeOf(/^fc\.bias$/),
    returnSequences: shapeOf(y).length === 3,
    returnState: true,
    goBackwards: (meta.go_backwards ?? tag.includes("backwards")) === true,
    seed: 0,
  };
}

function modeOf({ tag, meta = {}, params }: OracleCase): CfcMode {
  if (typeof meta.mode === "string") return meta.mode as CfcMode;
  if (Object.keys(params).some((name) => /w_tau$/.test(name))) return "pure";
  return tag.includes("no_gate") ? "no_gate" : "default";
}

function activationOf({ tag, meta = {} }: OracleCase): CfcActivation {
  if (meta.activation === "swish" || tag.includes("swish")) return "silu"; // Keras has both names
  if (typeof meta.activation === "string") return meta.activation as CfcActivation;
  const longestFirst = [...cfcActivations].sort((a, b) => b.length - a.length);
  return longestFirst.find((name) => tag.includes(name)) ?? "lecun_tanh";
}

/** @throws Error when the wiring has other synapses than the recorded masks, where there are any */
function checkMasks({ params }: OracleCase, layer: CfC): void {
  const { cell } = layer;
  if (!(cell instanceof WiredCfCCell)) return;
  cell.layers.forEach(({ mask, size }, i) => {
    const recorded = params[`rnn_cell.layer_${i}.sparsity_mask`];
    if (!recorded) return;
    const [rows, columns] = mask.shape;
    const values = mask.dataSync();
    const [outputs, inputs] = recorded.shape; // the candidate f comes first in our columns
    const same = (value: number, k: number) =>
      Math.abs(value) === values[(k % inputs) * columns + Math.floor(k / inputs)];
    if (outputs !== size || inputs !== rows || !flatten(recorded.value).every(same)) {
      throw new Error(`layer ${i} of the wiring has other synapses than the recorded mask`);
    }
  });
}
