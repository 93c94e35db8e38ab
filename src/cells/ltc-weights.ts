/** Creates and initialises the weights of an LTC cell. */

import * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../core/random.js";
import { sizeOf } from "../core/state.js";
import type { LTCSynapses, LTCWeights } from "../recurrent/ops/ltc-problem.js";
import type { CreateVariable } from "./cfc-weights.js";
import type { LTCRangeName, LTCRanges } from "./ltc-ranges.js";

/** How inputs or outputs are mapped: `x w + b`, `x w`, or not at all. */
export type LTCMapping = "affine" | "linear" | "none";

/** Names of all mappings. */
export const ltcMappings: readonly LTCMapping[] = ["affine", "linear", "none"];

/** Sizes and options that determine the weights of an LTC cell. */
export interface LTCWeightOptions {
  /** Synapses of the cell. */
  wiring: LTCSynapses;
  /** Mapping of the inputs; see {@link LTCMapping}. */
  inputMapping: LTCMapping;
  /** Mapping of the outputs; see {@link LTCMapping}. */
  outputMapping: LTCMapping;
  /** Ranges of the initial values. */
  ranges: LTCRanges;
  /** Random generator of the initial values. */
  random: Random;
}

/**
 * Creates the weights under the names of the Python package ncps (`gleak`, `sensory_sigma`, `input_w`, ...):
 * uniform in their ranges, reversal potentials from the polarity of the synapses, mappings as the identity.
 */
export function createLTCWeights(options: LTCWeightOptions, create: CreateVariable): LTCWeights {
  const { wiring, inputMapping, outputMapping, ranges, random } = options;
  const { units, inputDim, outputDim, adjacency, sensoryAdjacency } = wiring;
  const make = <T extends tf.Tensor>(name: string, shape: number[], values: Float32Array): T => {
    const variable = create(name, { kind: "zeros", shape });
    tf.tidy(() => variable.assign(tf.tensor(values, shape)));
    return variable as tf.Tensor as T;
  };
  const drawn = <T extends tf.Tensor>(name: string, key: LTCRangeName, shape: number[]): T => {
    const [low, high] = ranges[key];
    const values = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(low, high));
    return make(name, shape, values);
  };
  const constant = (name: string, size: number, value: number): tf.Tensor1D =>
    make(name, [size], new Float32Array(size).fill(value));
  const inner = [units, units];
  const sensory = [inputDim, units];
  return {
    gleak: drawn("gleak", "gleak", [units]),
    vleak: drawn("vleak", "vleak", [units]),
    cm: drawn("cm", "cm", [units]),
    w: drawn("w", "w", inner),
    sigma: drawn("sigma", "sigma", inner),
    mu: drawn("mu", "mu", inner),
    erev: make("erev", inner, Float32Array.from(adjacency)),
    sensoryW: drawn("sensory_w", "sensoryW", sensory),
    sensorySigma: drawn("sensory_sigma", "sensorySigma", sensory),
    sensoryMu: drawn("sensory_mu", "sensoryMu", sensory),
    sensoryErev: make("sensory_erev", sensory, Float32Array.from(sensoryAdjacency)),
    ...(inputMapping !== "none" && { inputW: constant("input_w", inputDim, 1) }),
    ...(inputMapping === "affine" && { inputB: constant("input_b", inputDim, 0) }),
    ...(outputMapping !== "none" && { outputW: constant("output_w", outputDim, 1) }),
    ...(outputMapping === "affine" && { outputB: constant("output_b", outputDim, 0) }),
  };
}
