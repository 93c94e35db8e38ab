/** An independent CfC implementation for tests: separate heads, taped operations one after another, no shared code. */

import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../../src/core/random.js";
import type { CfCScanOptions } from "../../../src/recurrent/ops/cfc-scan.js";

type Problem = CfCScanOptions & { elapsed?: number | tf.Tensor };

function activate(name: string, u: tf.Tensor): tf.Tensor {
  switch (name) {
    case "tanh":
      return tf.tanh(u);
    case "relu":
      return tf.relu(u);
    case "silu":
      return tf.div(u, tf.add(1, tf.exp(tf.neg(u))));
    case "gelu":
      return tf.mul(tf.mul(u, 0.5), tf.add(1, tf.erf(tf.div(u, Math.SQRT2))));
    default:
      return tf.mul(1.7159, tf.tanh(tf.mul(0.666, u)));
  }
}

/** Computes one step `[batch, features]`, `[batch, units]` to `[batch, units]`; `time` is a number or `[batch, 1]`. */
export function referenceStep(
  x: tf.Tensor,
  h: tf.Tensor,
  time: number | tf.Tensor,
  problem: Problem,
): tf.Tensor {
  const { weights, mode = "default", flavour = "torch", activation = "lecun_tanh" } = problem;
  let z = tf.concat([x, h], 1);
  for (const { kernel, bias } of weights.backbone)
    z = activate(activation, tf.add(tf.matMul(z, kernel), bias));
  const units = h.shape[1]!;
  const head = (i: number) => {
    const kernel = tf.slice(weights.heads.kernel, [0, i * units], [-1, units]);
    return tf.add(tf.matMul(z, kernel), tf.slice(weights.heads.bias, [i * units], [units]));
  };
  if (mode === "pure") {
    const f = head(0);
    const rate = tf.add(tf.abs(weights.wTau!), tf.abs(f));
    const a = weights.a!;
    return tf.sub(a, tf.mul(tf.mul(a, tf.exp(tf.neg(tf.mul(time, rate)))), f));
  }
  const bound = (u: tf.Tensor) => (flavour === "torch" ? tf.tanh(u) : u);
  const [f, g] = [bound(head(0)), bound(head(1))];
  const rate = flavour === "torch" ? head(2) : tf.neg(head(2));
  const s = tf.sigmoid(tf.add(tf.mul(rate, time), head(3)));
  const first = mode === "default" ? tf.mul(f, tf.sub(1, s)) : f;
  return tf.add(first, tf.mul(s, g));
}

/** Computes the whole sequence, step by step on the tape. */
export function referenceScan(problem: Problem): { outputs: tf.Tensor; state: tf.Tensor } {
  const { x, resets, mask, elapsed = 1 } = problem;
  const [batch, steps, features] = x.shape;
  const at = (flags: tf.Tensor, step: number) =>
    tf.reshape(tf.slice(tf.reshape(flags, [batch, -1]), [0, step], [batch, 1]), [batch, 1]);
  let h: tf.Tensor = problem.state;
  const outputs: tf.Tensor[] = [];
  for (let step = 0; step < steps; step++) {
    if (resets) h = tf.mul(h, tf.sub(1, tf.cast(at(resets, step), "float32")));
    const input = tf.reshape(tf.slice(x, [0, step, 0], [batch, 1, features]), [batch, features]);
    const perStep = typeof elapsed !== "number" && elapsed.shape.length > 1;
    const time = typeof elapsed === "number" ? elapsed : at(elapsed, perStep ? step : 0);
    const next = referenceStep(input, h, time, problem);
    const taken = mask ? tf.cast(at(mask, step), "float32") : tf.ones([batch, 1]);
    h = tf.add(tf.mul(taken, next), tf.mul(tf.sub(1, taken), h));
    outputs.push(h);
  }
  return { outputs: tf.stack(outputs, 1), state: h };
}

/** Sizes and options of {@link makeProblem}. */
export interface ProblemOptions
  extends Pick<CfCScanOptions, "mode" | "flavour" | "activation" | "resets" | "mask"> {
  batch?: number;
  steps?: number;
  features?: number;
  units?: number;
  backboneUnits?: number;
  backboneLayers?: number;
  elapsed?: number | tf.Tensor;
  seed?: number;
}

/** A tensor of normally distributed numbers. */
export function randomTensor<R extends tf.Rank>(
  random: Random,
  shape: tf.ShapeMap[R],
  scale = 1,
): tf.Tensor<R> {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal(0, scale));
  return tf.tensor(values, shape);
}

/** A scan with random inputs, state and weights. */
export function makeProblem(options: ProblemOptions): Problem {
  const { batch = 3, steps = 4, features = 3, units = 5, backboneUnits = 6, backboneLayers = 1 } = options;
  const { mode = "default", flavour, activation, resets, mask, elapsed } = options;
  const random = new Random(options.seed ?? 1);
  const linear = (inputs: number, outputs: number) => ({
    kernel: randomTensor<tf.Rank.R2>(random, [inputs, outputs], 0.5),
    bias: randomTensor<tf.Rank.R1>(random, [outputs], 0.3),
  });
  let size = features + units;
  const backbone = Array.from({ length: backboneLayers }, () => {
    const layer = linear(size, backboneUnits);
    size = backboneUnits;
    return layer;
  });
  const pure = mode === "pure";
  return {
    x: randomTensor<tf.Rank.R3>(random, [batch, steps, features]),
    state: randomTensor<tf.Rank.R2>(random, [batch, units]),
    weights: {
      backbone,
      heads: linear(size, pure ? units : 4 * units),
      ...(pure && {
        wTau: randomTensor<tf.Rank.R1>(random, [units]),
        a: randomTensor<tf.Rank.R1>(random, [units]),
      }),
    },
    mode,
    flavour,
    activation,
    resets,
    mask,
    elapsed,
  };
}

/** The differentiable tensors of a problem, by name. */
export function parametersOf({ x, state, weights, elapsed }: Problem): Record<string, tf.Tensor> {
  const named: Record<string, tf.Tensor> = { x, state };
  if (elapsed instanceof tf.Tensor) named.elapsed = elapsed;
  [...weights.backbone, weights.heads].forEach(({ kernel, bias }, i) => {
    named[`kernel${i}`] = kernel;
    named[`bias${i}`] = bias;
  });
  if (weights.wTau) named.wTau = weights.wTau;
  if (weights.a) named.a = weights.a;
  return named;
}

/** The same problem with other tensors in place of those of {@link parametersOf}. */
export function withParameters(problem: Problem, named: Record<string, tf.Tensor>): Problem {
  const layers = [...problem.weights.backbone, problem.weights.heads].map((_, i) => ({
    kernel: named[`kernel${i}`] as tf.Tensor2D,
    bias: named[`bias${i}`] as tf.Tensor1D,
  }));
  return {
    ...problem,
    x: named.x as tf.Tensor3D,
    state: named.state as tf.Tensor2D,
    elapsed: named.elapsed ?? problem.elapsed,
    weights: {
      backbone: layers.slice(0, -1),
      heads: layers[layers.length - 1],
      wTau: named.wTau as tf.Tensor1D,
      a: named.a as tf.Tensor1D,
    },
  };
}

/** A scan function: this library's or the reference. */
export type Scan = (problem: Problem) => { outputs: tf.Tensor; state: tf.Tensor };

/** `sum(outputs * cos(k)) + sum(state^2) / 2`, `k` the flat index. */
export function lossOf(scan: Scan, problem: Problem): tf.Scalar {
  const { outputs, state } = scan(problem);
  const cosines = tf.tensor(
    Float32Array.from({ length: outputs.size }, (_, k) => Math.cos(k)),
    outputs.shape,
  );
  return tf.add(tf.sum(tf.mul(outputs, cosines)), tf.mul(0.5, tf.sum(tf.square(state))));
}

/** Loss gradients of all parameters, outputs and final state, as arrays. */
export function evaluate(scan: Scan, problem: Problem): Record<string, Float32Array> {
  const named = parametersOf(problem);
  const names = Object.keys(named);
  return tf.tidy(() => {
    const gradients = tf.grads((...tensors) =>
      lossOf(scan, withParameters(problem, Object.fromEntries(names.map((name, i) => [name, tensors[i]])))),
    )(Object.values(named));
    const { outputs, state } = scan(problem);
    const all: [string, tf.Tensor][] = names.map((name, i) => [`d ${name}`, gradients[i]]);
    all.push(["outputs", outputs], ["state", state]);
    return Object.fromEntries(all.map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]));
  });
}

/** Largest absolute difference. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  // `Math.max` keeps NaN.
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

/** A `[batch, steps]` tensor of 0 and 1. */
export function flags(rows: number[][]): tf.Tensor2D {
  return tf.tensor2d(rows, undefined, "int32");
}
