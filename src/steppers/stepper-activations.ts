/** Activations of the cells for plain arrays. */

import { type CfCActivation, lecunTanh } from "../recurrent/ops/activations.js";
import { logistic } from "../recurrent/ops/ltc-sigmoid.js";

const { outer, inner } = lecunTanh;

/** Replaces the first `count` pre-activations by their activations. */
export type ApplyActivation = (values: Float64Array, count: number) => void;

/** `tanh(u)` with an absolute error below 1e-7. */
export function hyperbolicTangent(u: number): number {
  return 2 * logistic(2 * u) - 1;
}

// Abramowitz and Stegun, formula 7.1.26, as in the tensor backends: absolute error below 1.5e-7.
function erf(u: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(u));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(u) * (1 - sum * Math.exp(-u * u));
}

/** Activations of the backbone, applied to a whole vector. */
export const applyActivation: Record<CfCActivation, ApplyActivation> = {
  lecun_tanh: (values, count) => {
    for (let i = 0; i < count; i++) values[i] = outer * hyperbolicTangent(inner * values[i]);
  },
  tanh: (values, count) => {
    for (let i = 0; i < count; i++) values[i] = hyperbolicTangent(values[i]);
  },
  relu: (values, count) => {
    for (let i = 0; i < count; i++) values[i] = Math.max(0, values[i]);
  },
  silu: (values, count) => {
    for (let i = 0; i < count; i++) values[i] *= logistic(values[i]);
  },
  gelu: (values, count) => {
    for (let i = 0; i < count; i++) values[i] *= 0.5 * (1 + erf(values[i] * Math.SQRT1_2));
  },
};
