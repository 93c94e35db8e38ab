/** Tensors and settings of a CfC scan, in the layout of its forward and backward pass. */

import type * as tf from "@tensorflow/tfjs-core";
import type { ActivationRule } from "./activations.js";

/**
 * How the heads are combined to the next state:
 * - `default`: `f (1 - s) + s g` with the time gate `s`
 * - `no_gate`: `f + s g`
 * - `pure`: `A - A exp(-t (|w_tau| + |f|)) f`
 */
export type CfCMode = "default" | "pure" | "no_gate";

/**
 * Which of the two published models is used:
 * - `torch`: `f` and `g` pass through tanh, `s = sigmoid(c + a t)`; the state stays bounded
 * - `tf`: `f` and `g` are linear, `s = sigmoid(c - a t)`
 */
export type CfCFlavour = "torch" | "tf";

/** Weights of an affine map `x kernel + bias`. */
export interface LinearWeights {
  /** Kernel `[inputs, outputs]`. */
  kernel: tf.Tensor2D;
  /** Bias `[outputs]`. */
  bias: tf.Tensor1D;
}

/** Weights of a CfC cell with `F` inputs, `H` units and a backbone of width `K`. */
export interface CfCWeights {
  /** Backbone layers, first to last; the first kernel is `[F + H, K]` (inputs above state), others `[K, K]`. */
  backbone: LinearWeights[];
  /**
   * All heads side by side: kernel `[C, 4 H]` with the columns `f | g | a | c` (in ncps: ff1, ff2, time_a,
   * time_b), bias `[4 H]`; in pure mode `f` alone, `[C, H]`. `C` is `K`, or `F + H` without backbone.
   */
  heads: LinearWeights;
  /** Pure mode: inverse time constants `[H]`. */
  wTau?: tf.Tensor1D;
  /** Pure mode: equilibrium `[H]`. */
  a?: tf.Tensor1D;
}

/**
 * Tensors of one scan. Sequences are time-major matrices of `rows = time * batch`, so that a step is one block
 * of `batch` rows.
 */
export interface ScanTensors {
  /** Inputs `[rows, features]`. */
  x: tf.Tensor2D;
  /** State before the first step `[batch, units]`. */
  state: tf.Tensor2D;
  /** Backbone layers and, last, the heads. */
  layers: LinearWeights[];
  /** Inverse time constants; only in pure mode. */
  wTau?: tf.Tensor1D;
  /** Equilibrium; only in pure mode. */
  a?: tf.Tensor1D;
  /** Elapsed time of each step `[rows, 1]`. */
  elapsed?: tf.Tensor2D;
  /** Keep factors `[rows, 1]`: 0 where the state is cleared before the step, otherwise 1. */
  keep?: tf.Tensor2D;
  /** Mask `[rows, 1]`: 0 where the step is skipped, otherwise 1. */
  mask?: tf.Tensor2D;
  /** Dropout factors of each backbone layer's activations `[rows, size]`; undefined for a layer without dropout. */
  dropout?: (tf.Tensor2D | undefined)[];
}

/** Settings of one scan. */
export interface ScanSettings {
  /** Formula of the cell; see {@link CfCMode}. */
  mode: CfCMode;
  /** Published model; see {@link CfCFlavour}. */
  flavour: CfCFlavour;
  /** Backbone activation. */
  activation: ActivationRule;
  /** Elapsed time of every step, if there is no tensor of times. */
  elapsed: number;
}

/** Splits `[rows, size]` into steps, each `[batch, size]`. */
export type Steps = tf.Tensor2D[];
