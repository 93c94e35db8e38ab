/** Runs one recorded case through this library and compares. */

import * as tf from "@tensorflow/tfjs-core";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import type { LTC } from "../../src/layers/ltc.js";
import { type CfcActivation, cfcActivations } from "../../src/ops/activations.js";
import type { CfcMode } from "../../src/ops/cfc-problem.js";
import { cfcModes } from "../../src/ops/check-scan.js";
import { flatten, type Nested, type OracleCase, shapeOf } from "./case.js";
import { type Mapping, mapParameters, readParameter, takePart } from "./cfc-weights.js";
import { isLtc, makeLtc } from "./ltc.js";

/** What came of one case. */
export type CaseResult = { tag: string } & (
  | { unsupported: string }
  | {
      /** Greatest absolute error of outputs and final state. */
      outputError: number;
      /** Greatest absolute error of the gradients of parameters and input. */
      gradientError: number;
      /** The quantity with the greatest error. */
      worst: string;
      /** Greatest recorded value of that quantity: float32 holds seven digits of it. */
      scale: number;
    }
);

/** Runs a case and returns its errors, or why it cannot be run. */
export function checkCase(oracle: OracleCase): CaseResult {
  const { tag } = oracle;
  if (isLtc(oracle)) return run(oracle, makeLtc(oracle));
  const mapping = mapParameters(oracle);
  const unsupported = reasonAgainst(oracle, mapping);
  if (unsupported) return { tag, unsupported };
  return run(oracle, { layer: makeLayer(oracle, mapping), mapping });
}

function run(oracle: OracleCase, { layer, mapping }: { layer: CfC | LTC; mapping: Mapping }): CaseResult {
  const { tag } = oracle;
  try {
    return { tag, ...tf.tidy(() => compare(oracle, mapping, layer)) };
  } finally {
    layer.dispose();
  }
}

function reasonAgainst({ tag, meta = {}, params, x, h0 }: OracleCase, mapping: Mapping): string | undefined {
  const names = Object.keys(params);
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (meta.kind === "LTC" || has(/gleak/)) return "LTC cells with mixed memory";
  if (meta.kind === "WiredCfC" || meta.wiring || has(/sparsity_mask|_cfc_layers|layer_\d/))
    return "wired CfC";
  if (meta.mixed || has(/lstm|recurrent_kernel/)) return "mixed memory";
  if (mapping.unknown.length > 0) return `parameters ${mapping.unknown.join(", ")}`;
  if (mapping.units === 0) return "no ff1 bias";
  if (shapeOf(x).length !== 3 || (h0 && shapeOf(h0).length !== 2)) return "inputs without a batch";
  const mode = modeOf(tag, meta, names);
  if (!cfcModes.includes(mode)) return `mode ${mode}`;
  const activation = activationOf(tag, meta);
  if (!cfcActivations.includes(activation)) return `activation ${activation}`;
  return undefined;
}

function modeOf(tag: string, meta: Record<string, unknown>, names: string[]): CfcMode {
  if (typeof meta.mode === "string") return meta.mode as CfcMode;
  if (names.some((name) => /w_tau$/.test(name))) return "pure";
  return tag.includes("no_gate") ? "no_gate" : "default";
}

function activationOf(tag: string, meta: Record<string, unknown>): CfcActivation {
  if (meta.activation === "swish" || tag.includes("swish")) return "silu"; // Keras has both names
  if (typeof meta.activation === "string") return meta.activation as CfcActivation;
  const longestFirst = [...cfcActivations].sort((a, b) => b.length - a.length);
  return longestFirst.find((name) => tag.includes(name)) ?? "lecun_tanh";
}

function makeLayer({ tag, meta = {}, params, x, y }: OracleCase, mapping: Mapping): CfC {
  const { torch, units, backboneLayers, backboneUnits, projSize } = mapping;
  const options: CfCOptions = {
    units,
    mode: modeOf(tag, meta, Object.keys(params)),
    flavour: torch ? "torch" : "tf",
    activation: activationOf(tag, meta),
    backboneLayers,
    backboneUnits,
    projSize,
    returnSequences: shapeOf(y).length === 3,
    returnState: true,
    goBackwards: (meta.go_backwards ?? tag.includes("backwards")) === true,
    seed: 0,
  };
  const layer = new CfC(options);
  layer.build([null, null, shapeOf(x)[2]]);
  tf.tidy(() => {
    for (const [name, variable] of layer.variables) {
      const parts = mapping.places
        .filter(({ weight }) => name === `${layer.prefix}/${weight}`)
        .sort((a, b) => a.column - b.column)
        .map((place) => readParameter(params[place.parameter], place));
      variable.assign(parts.length === 1 ? parts[0] : tf.concat(parts, -1));
    }
  });
  return layer;
}

function compare(oracle: OracleCase, { places, torch }: Mapping, layer: CfC | LTC) {
  const { params } = oracle;
  const x = tensorOf(oracle.x);
  const timeFirst = oracle.meta?.batch_first === false;
  // Between the recorded order of axes and this library's.
  const turn = (sequence: tf.Tensor) =>
    timeFirst && sequence.rank === 3 ? tf.transpose(sequence, [1, 0, 2]) : sequence;
  const [batch, steps] = turn(x).shape;
  const others: tf.Tensor[] = [];
  if (oracle.h0) others.push(tensorOf(oracle.h0));
  if (oracle.timespans) {
    const times = timeFirst ? [steps, batch, 1] : [batch, steps, 1];
    others.push(turn(tf.reshape(tensorOf(oracle.timespans), times)));
  }
  const run = (input: tf.Tensor) => {
    const [y, state] = layer.call([turn(input), ...others]) as tf.Tensor[];
    return [turn(y), state];
  };
  // The recorded losses: y cos(k) summed, and in torch half the squares of the final state.
  const lossOf = (input: tf.Tensor): tf.Scalar => {
    const [y, state] = run(input);
    const cosines = tf.tensor(
      Float32Array.from({ length: y.size }, (_, k) => Math.cos(k)),
      y.shape,
    );
    const loss = tf.sum<tf.Scalar>(tf.mul(y, cosines));
    return torch ? tf.add(loss, tf.mul(0.5, tf.sum(tf.square(state)))) : loss;
  };
  const errors: [string, number][] = [];
  const scales = new Map<string, number>();
  const note = (name: string, actual: tf.Tensor, expected: Nested | null | undefined) => {
    if (expected === null || expected === undefined) return;
    errors.push([name, errorOf(actual, expected)]);
    scales.set(name, greatest(flatten(expected).map((value) => ["", Math.abs(value)]))[1]);
  };
  const [y, state] = run(x);
  note("y", y, oracle.y);
  note("hn", state, oracle.hn);
  const outputError = greatest(errors)[1];
  const outputs = errors.length;
  note("dx", tf.grad(lossOf)(x), oracle.dx);
  const { grads } = tf.variableGrads(() => lossOf(x));
  for (const place of places) {
    const { grad, shape } = params[place.parameter];
    const variable = layer.variables.get(`${layer.prefix}/${place.weight}`)!;
    note(place.parameter, takePart(grads[variable.name], place, shape), grad);
  }
  const [worst] = greatest(errors);
  const gradientError = greatest(errors.slice(outputs))[1];
  return { outputError, gradientError, worst, scale: scales.get(worst) ?? 0 };
}

function greatest(errors: [string, number][]): [string, number] {
  // NaN counts as the greatest.
  return errors.reduce((worst, entry) => (entry[1] <= worst[1] ? worst : entry), ["", 0] as [string, number]);
}

function errorOf(actual: tf.Tensor, expected: Nested): number {
  const wanted = flatten(expected);
  const got = actual.dataSync();
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return greatest(wanted.map((value, i) => ["", Math.abs(got[i] - value)]))[1];
}

function tensorOf(values: Nested): tf.Tensor {
  return tf.tensor(flatten(values), shapeOf(values), "float32");
}
