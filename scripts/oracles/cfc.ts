/** Recorded runs of CfC cells: dense, wired and with mixed memory. */

import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { type CfCActivation, cfcActivations } from "../../src/recurrent/ops/activations.js";
import type { CfCMode } from "../../src/recurrent/ops/cfc-problem.js";
import { cfcModes } from "../../src/recurrent/ops/check-scan.js";
import { type OracleCase, shapeOf } from "./case.js";
import { hasMixedMemory, isTorch, loadParameters, type Prepare } from "./subject.js";
import { wiringOf } from "./wiring-of.js";

/** Makes the layer of a CfC case. */
export const prepareCfC: Prepare = (oracle) => {
  const mode = modeOf(oracle);
  const activation = activationOf(oracle);
  if (shapeOf(oracle.x).length !== 3) return { unsupported: "inputs without a batch" };
  if (!cfcModes.includes(mode)) return { unsupported: `mode ${mode}` };
  if (!cfcActivations.includes(activation)) return { unsupported: `activation ${activation}` };
  const layer = new CfC(optionsOf(oracle));
  layer.build([null, null, shapeOf(oracle.x)[2]]);
  return loadParameters(layer, oracle);
};

function optionsOf(oracle: OracleCase): CfCOptions {
  const { tag, meta = {}, params, y } = oracle;
  const names = Object.keys(params);
  const sizeOf = (pattern: RegExp) => params[names.find((name) => pattern.test(name)) ?? ""]?.shape[0];
  const wired = names.some((name) => /layer_\d|_cfc_layers\d/.test(name));
  const dense = () => ({
    units: sizeOf(/ff1[._/]bias$/),
    activation: activationOf(oracle),
    backboneLayers: names.filter((name) => /backbone.*bias$/.test(name)).length,
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

function modeOf({ tag, meta = {}, params }: OracleCase): CfCMode {
  if (typeof meta.mode === "string") return meta.mode as CfCMode;
  if (Object.keys(params).some((name) => /w_tau$/.test(name))) return "pure";
  return tag.includes("no_gate") ? "no_gate" : "default";
}

function activationOf({ tag, meta = {} }: OracleCase): CfCActivation {
  if (meta.activation === "swish" || tag.includes("swish")) return "silu"; // Keras has both names
  if (typeof meta.activation === "string") return meta.activation as CfCActivation;
  const longestFirst = [...cfcActivations].sort((a, b) => b.length - a.length);
  return longestFirst.find((name) => tag.includes(name)) ?? "lecun_tanh";
}
