/** Small LTC problems for tests, with randomly drawn synapses. */

import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../../src/core/random.js";
import type { LTCSynapses, LTCWeights } from "../../../src/recurrent/ops/ltc-problem.js";

/** About half of all synapses, excitatory or inhibitory. */
export function drawSynapses(units: number, inputDim: number, outputDim: number, seed = 0): LTCSynapses {
  const random = new Random(seed);
  const draw = (size: number) =>
    Int8Array.from({ length: size }, () => Math.round(random.uniform(-1.4, 1.4)));
  return {
    units,
    inputDim,
    outputDim,
    adjacency: draw(units * units),
    sensoryAdjacency: draw(inputDim * units),
  };
}

/** Weights for which the cell is far from saturation. */
export function drawWeights({ units, inputDim, outputDim }: LTCSynapses, seed = 0): LTCWeights {
  const random = new Random(seed + 1);
  const draw = (shape: number[], low: number, high: number): tf.Tensor => {
    const size = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.uniform(low, high)),
      shape,
    );
  };
  const matrices = (rows: number) => ({
    w: draw([rows, units], 0.1, 1) as tf.Tensor2D,
    sigma: draw([rows, units], 1, 4) as tf.Tensor2D,
    mu: draw([rows, units], -0.5, 0.8) as tf.Tensor2D,
    erev: draw([rows, units], -1, 1) as tf.Tensor2D,
  });
  const sensory = matrices(inputDim);
  return {
    gleak: draw([units], 0.1, 1) as tf.Tensor1D,
    vleak: draw([units], -0.5, 0.5) as tf.Tensor1D,
    cm: draw([units], 0.4, 0.8) as tf.Tensor1D,
    ...matrices(units),
    sensoryW: sensory.w,
    sensorySigma: sensory.sigma,
    sensoryMu: sensory.mu,
    sensoryErev: sensory.erev,
    inputW: draw([inputDim], 0.5, 1.5) as tf.Tensor1D,
    inputB: draw([inputDim], -0.3, 0.3) as tf.Tensor1D,
    outputW: draw([outputDim], 0.5, 1.5) as tf.Tensor1D,
    outputB: draw([outputDim], -0.3, 0.3) as tf.Tensor1D,
  };
}

/** Largest absolute difference. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
