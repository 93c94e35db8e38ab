/** Tensors and settings of an LTC scan. */

import type * as tf from "@tensorflow/tfjs-core";

/**
 * Weights of an LTC cell with `I` inputs, `U` neurons and `O` outputs, under the names of the Python package
 * ncps. Matrices are `[source, destination]`; entries without a synapse have no effect and no gradient.
 */
export interface LTCWeights {
  /** Leak conductance `[U]`. */
  gleak: tf.Tensor1D;
  /** Leak potential `[U]`. */
  vleak: tf.Tensor1D;
  /** Membrane capacitance `[U]`. */
  cm: tf.Tensor1D;
  /** Maximum conductance of each synapse `[U, U]`. */
  w: tf.Tensor2D;
  /** Steepness of each synapse `[U, U]`. */
  sigma: tf.Tensor2D;
  /** Potential at which a synapse is half open `[U, U]`. */
  mu: tf.Tensor2D;
  /** Reversal potential of each synapse `[U, U]`. */
  erev: tf.Tensor2D;
  /** Maximum conductance of each synapse from inputs `[I, U]`. */
  sensoryW: tf.Tensor2D;
  /** Steepness of each synapse from inputs `[I, U]`. */
  sensorySigma: tf.Tensor2D;
  /** Potential at which a synapse from inputs is half open `[I, U]`. */
  sensoryMu: tf.Tensor2D;
  /** Reversal potential of each synapse from inputs `[I, U]`. */
  sensoryErev: tf.Tensor2D;
  /** Factor on each input `[I]`; if missing, inputs are used unchanged. */
  inputW?: tf.Tensor1D;
  /** Added to each input `[I]`. */
  inputB?: tf.Tensor1D;
  /** Factor on each output `[O]`; if missing, outputs are the potentials of the motor neurons. */
  outputW?: tf.Tensor1D;
  /** Added to each output `[O]`. */
  outputB?: tf.Tensor1D;
}

/** Names of the weights of neurons and synapses, in a fixed order. */
export const dynamicsNames = [
  "gleak",
  "vleak",
  "cm",
  "w",
  "sigma",
  "mu",
  "erev",
  "sensoryW",
  "sensorySigma",
  "sensoryMu",
  "sensoryErev",
] as const;

/** Weights that are made positive by softplus. */
export const positiveNames = ["gleak", "cm", "w", "sensoryW"] as const;

/** Name of a weight of neurons or synapses. */
export type DynamicsName = (typeof dynamicsNames)[number];

/** The existing synapses: the part of a built wiring that a scan needs. */
export interface LTCSynapses {
  /** Number of neurons. */
  readonly units: number;
  /** Number of inputs. */
  readonly inputDim: number;
  /** Number of motor neurons, which come first. */
  readonly outputDim: number;
  /** `[units * units]`, row source, column destination, non-zero where there is a synapse. */
  readonly adjacency: Int8Array;
  /** `[inputDim * units]`, row input, column destination, non-zero where there is a synapse. */
  readonly sensoryAdjacency: Int8Array;
}

/** Settings of one scan. */
export interface LTCSettings {
  /** Solver steps per step of the sequence. */
  odeUnfolds: number;
  /** Added to the denominator of each solver step. */
  epsilon: number;
  /** Whether `gleak`, `cm`, `w` and `sensoryW` pass through softplus. */
  implicitConstraints: boolean;
  /** Elapsed time of every step, if there is no tensor of times. */
  elapsed: number;
}

/** Tensors of one scan; sequences are time-major matrices of `rows = time * batch`. */
export interface LTCTensors {
  /** Mapped inputs `[rows, I]`. */
  x: tf.Tensor2D;
  /** State before the first step `[batch, U]`. */
  state: tf.Tensor2D;
  /** Weights of neurons and synapses. */
  weights: Pick<LTCWeights, DynamicsName>;
  /** Elapsed time of each step `[rows, 1]`. */
  elapsed?: tf.Tensor2D;
  /** Keep factors `[rows, 1]`: 0 where the state is cleared before the step, otherwise 1. */
  keep?: tf.Tensor2D;
  /** Mask `[rows, 1]`: 0 where the step is skipped, otherwise 1. */
  mask?: tf.Tensor2D;
}
