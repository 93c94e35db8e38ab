/** An LTC layer with the weights of a recorded run. */

import * as tf from "@tensorflow/tfjs-core";
import type { LtcMapping } from "../../src/cells/ltc-weights.js";
import { LTC } from "../../src/layers/ltc.js";
import type { BuiltWiring, Wiring } from "../../src/wirings/wiring.js";
import { flatten, type OracleCase, shapeOf } from "./case.js";
import type { Mapping } from "./cfc-weights.js";

const masks = new Set(["sparsity_mask", "sensory_sparsity_mask"]);

/** Whether a case is one of an LTC without mixed memory. */
export function isLtc({ params }: OracleCase): boolean {
  const names = Object.keys(params);
  return (
    names.some((name) => /gleak$/.test(name)) && !names.some((name) => /lstm|recurrent_kernel/.test(name))
  );
}

/** The layer, and where each recorded parameter lies in it: parameters have the same names in both. */
export function makeLtc(oracle: OracleCase): { layer: LTC; mapping: Mapping } {
  const { meta = {}, params, x, y } = oracle;
  const names = Object.keys(params);
  const torch = names[0].startsWith("rnn_cell.");
  const local = (name: string) => name.replace(/^(rnn_cell\.|cell\/)/, "");
  const find = (name: string) => params[names.find((recorded) => local(recorded) === name) ?? ""];
  const mappingOf = (side: string): LtcMapping => {
    if (find(`${side}_b`)) return "affine";
    return find(`${side}_w`) ? "linear" : "none";
  };
  const units = find("gleak").shape[0];
  const last = shapeOf(y);
  const layer = new LTC({
    wiring: recordedWiring(
      units,
      last[last.length - 1],
      flatten((find("sparsity_mask") ?? find("erev")).value),
      flatten((find("sensory_sparsity_mask") ?? find("sensory_erev")).value),
    ),
    inputMapping: mappingOf("input"),
    outputMapping: mappingOf("output"),
    odeUnfolds: numberOr(meta.ode_unfolds, 6),
    epsilon: numberOr(meta.epsilon, 1e-8),
    implicitConstraints: torch && meta.implicit !== false,
    returnSequences: last.length === 3,
    returnState: true,
    seed: 0,
  });
  layer.build([null, null, shapeOf(x)[2]]);
  const places = names
    .filter((name) => !masks.has(local(name)))
    .map((parameter) => ({ parameter, weight: local(parameter), transposed: false, column: 0 }));
  tf.tidy(() => {
    for (const { parameter, weight } of places) {
      const { value, shape } = params[parameter];
      layer.variables.get(`ltc/${weight}`)!.assign(tf.tensor(flatten(value), shape, "float32"));
    }
  });
  return { layer, mapping: { places, unknown: [], torch, backboneLayers: 0, units } };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

// Cases hold no wirings, but which synapses there are: where a mask, or else a reversal potential, is not 0.
function recordedWiring(units: number, outputDim: number, inner: number[], sensory: number[]): Wiring {
  const signs = (values: number[]) => Int8Array.from(values, Math.sign);
  const count = (values: number[]) => values.filter((value) => value !== 0).length;
  const wiring: Wiring = {
    units,
    outputDim,
    build: (inputDim): BuiltWiring => ({
      wiring,
      units,
      inputDim,
      outputDim,
      adjacency: signs(inner),
      sensoryAdjacency: signs(sensory),
      layers: [Array.from({ length: units }, (_, i) => i)],
      neuronType: (id) => (id < outputDim ? "motor" : "inter"),
      synapseCount: count(inner),
      sensorySynapseCount: count(sensory),
    }),
    toJSON: () => {
      throw new Error("a recorded wiring is not saved");
    },
  };
  return wiring;
}
