/** What an LTC scan computes, and on which tensors. */

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
  /** Greatest conductance of each synapse `[U, U]`. */
  w: tf.Tensor2D;
  /** Steepness of each synapse `[U, U]`. */
  sigma: tf.Tensor2D;
  /** Potential at which a synapse is half open `[U, U]`. */
  mu: tf.Tensor2D;
  /** Reversal potential of each synapse `[U, U]`. */
  erev: tf.Tensor2D;
  /** As `w`, from inputs `[I, U]`. */
  sensoryW: tf.Tensor2D;
  /** As `sigma`, from inputs `[I, U]`. */
  sensorySigma: tf.Tensor2D;
  /** As `mu`, from inputs `[I, U]`. */
  sensoryMu: tf.Tensor2D;
  /** As `erev`, from inputs `[I, U]`. */
  sensoryErev: tf.Tensor2D;
  /** Factor on each input `[I]`; without it inputs are taken as they are. */
  inputW?: tf.Tensor1D;
  /** Added to each input `[I]`. */
  inputB?: tf.Tensor1D;
  /** Factor on each output `[O]`; without it outputs are the potentials of the motor neurons. */
  outputW?: tf.Tensor1D;
  /** Added to each output `[O]`. */
  outputB?: tf.Tensor1D;
}

/** Names of the weights of the neurons and synapses, in one fixed order. */
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

/** Weights that are made positive. */
export const positiveNames = ["gleak", "cm", "w", "sensoryW"] as const;

/** Name of a weight of the neurons and synapses. */
export type DynamicsName = (typeof dynamicsNames)[number];

/** Which synapses there are: what a scan needs of a built wiring. */
export interface LTCSynapses {
  /** Neurons. */
  readonly units: number;
  /** Inputs. */
  readonly inputDim: number;
  /** Motor neurons, the first of all. */
  readonly outputDim: number;
  /** `[units * units]`, row source, column destination, not 0 where there is a synapse. */
  readonly adjacency: Int8Array;
  /** `[inputDim * units]` likewise. */
  readonly sensoryAdjacency: Int8Array;
}

/** Numbers and choices of one scan. */
export interface LTCSettings {
  /** Steps of the solver in one step of the sequence. */
  odeUnfolds: number;
  /** Added to the denominator of each solver step. */
  epsilon: number;
  /** Whether `gleak`, `cm`, `w` and `sensoryW` pass through softplus. */
  implicitConstraints: boolean;
  /** Elapsed time of every step, where no tensor gives it. */
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
  /** 0 where the state is cleared before the step, else 1, `[rows, 1]`. */
  keep?: tf.Tensor2D;
  /** 0 where the step is skipped, else 1, `[rows, 1]`. */
  mask?: tf.Tensor2D;
}
