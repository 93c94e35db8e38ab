/** Activations of the CfC backbone with their derivatives. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../../core/errors.js";
import { constant } from "./constants.js";

/** Activations of the backbone; `lecun_tanh` is `1.7159 tanh(0.666 u)`, `gelu` the exact one with erf. */
export type CfCActivation = "lecun_tanh" | "tanh" | "relu" | "silu" | "gelu";

/** An activation `z = phi(u)`. */
export interface ActivationRule {
  /** Computes `phi(u)`. */
  apply(u: tf.Tensor2D): tf.Tensor2D;
  /** Computes `phi'(u)`, from `u` if {@link ActivationRule.slopeFrom} says so, otherwise from `z`. */
  slope(saved: tf.Tensor2D): tf.Tensor2D;
  /** Which tensor the slope needs: the pre-activation `u` or the activation `z`. */
  slopeFrom: "u" | "z";
}

/** `lecun_tanh(u) = outer tanh(inner u)`. */
export const lecunTanh = { outer: 1.7159, inner: 0.666 } as const;

const { outer, inner } = lecunTanh;

const rules: Record<CfCActivation, ActivationRule> = {
  lecun_tanh: {
    apply: (u) => tf.mul(tf.tanh(tf.mul(u, constant(inner))), constant(outer)),
    // phi' = outer inner (1 - tanh^2) = outer inner - (inner / outer) z^2
    slope: (z) => tf.sub(constant(outer * inner), tf.mul(tf.square(z), constant(inner / outer))),
    slopeFrom: "z",
  },
  tanh: {
    apply: (u) => tf.tanh(u),
    slope: (z) => tf.sub(constant(1), tf.square(z)),
    slopeFrom: "z",
  },
  relu: {
    apply: (u) => tf.relu(u),
    slope: (z) => tf.step(z),
    slopeFrom: "z",
  },
  silu: {
    apply: (u) => tf.mul(u, tf.sigmoid(u)),
    // phi' = s (1 + u (1 - s))
    slope: (u) => {
      const s = tf.sigmoid(u);
      return tf.mul(s, tf.add(constant(1), tf.mul(u, tf.sub(constant(1), s))));
    },
    slopeFrom: "u",
  },
  gelu: {
    apply: (u) => tf.mul(u, normalCdf(u)),
    // phi' = Phi(u) + u exp(-u^2 / 2) / sqrt(2 pi)
    slope: (u) => {
      const density = tf.mul(
        tf.exp(tf.mul(tf.square(u), constant(-0.5))),
        constant(1 / Math.sqrt(2 * Math.PI)),
      );
      return tf.add(normalCdf(u), tf.mul(u, density));
    },
    slopeFrom: "u",
  },
};

/** Names of all backbone activations. */
export const cfcActivations = Object.keys(rules) as CfCActivation[];

/**
 * Returns the rule of a named activation.
 *
 * @throws InvalidArgumentError when there is no activation with that name
 */
export function activationRule(name: CfCActivation): ActivationRule {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule) return rule;
  throw new InvalidArgumentError(
    "activation",
    `expected one of ${cfcActivations.join(", ")}, received ${name}`,
  );
}

function normalCdf(u: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.add(tf.erf(tf.mul(u, constant(Math.SQRT1_2))), constant(1)), constant(0.5));
}
