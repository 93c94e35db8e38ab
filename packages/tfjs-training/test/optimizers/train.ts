/** Runs an optimizer on synthetic gradients and compares it with the reference. */

import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { sizeOf } from "../../src/core/state.js";
import type { ApplyOptions, Optimizer } from "../../src/optimizers/index.js";
import { Random } from "../random.js";
import { type Rule, torchClip } from "./reference.js";

/** Shapes of the variables of all tests. */
export const shapes: Record<string, number[]> = { kernel: [3, 4], bias: [4], scale: [], "head/w": [2, 1, 2] };

/** Normally distributed numbers of the given shape. */
export function normals(shape: readonly number[], random: Random): number[] {
  return Array.from({ length: sizeOf(shape) }, () => Math.fround(random.normal()));
}

/** Variables with fixed values. */
export function makeVariables(names = Object.keys(shapes)): Map<string, tf.Variable> {
  return new Map(
    names.map((name) => {
      const values = normals(shapes[name], new Random(name.length));
      return [name, tf.tidy(() => tf.variable(tf.tensor(values, shapes[name])))];
    }),
  );
}

/** Gradients of one step by name; they differ in size by orders of magnitude. */
export function gradientsOf(step: number, names = Object.keys(shapes)): Map<string, number[]> {
  return new Map(
    names.map((name) => {
      const random = new Random(1000 * step + name.length);
      return [name, normals(shapes[name], random).map((g) => Math.fround(g * 10 ** random.uniform(-3, 1)))];
    }),
  );
}

/** Runs one step with {@link gradientsOf}; returns the norm. */
export function step(
  optimizer: Optimizer,
  variables: Map<string, tf.Variable>,
  t: number,
  options: ApplyOptions,
): number {
  return tf.tidy(() => {
    const gradients = new Map(
      [...variables.keys()].map((name) => [name, tf.tensor(gradientsOf(t, [name]).get(name)!, shapes[name])]),
    );
    return optimizer.applyGradients(gradients, variables, options).gradNorm.dataSync()[0];
  });
}

/** All values, by name. */
export function valuesOf(variables: Map<string, tf.Variable>): Record<string, number[]> {
  return Object.fromEntries(
    [...variables].map(([name, variable]) => [name, Array.from(variable.dataSync())]),
  );
}

/** Expects 20 steps to move every weight like the reference, to 1e-5 of the distance. */
export function expectReference(
  optimizer: Optimizer,
  options: ApplyOptions,
  makeRule: () => Rule,
  tolerance = 1e-5,
): void {
  const variables = makeVariables();
  const names = [...variables.keys()];
  const weights = names.map((name) => Array.from(variables.get(name)!.dataSync()));
  const start = weights.map((values) => [...values]);
  const rules = weights.map((values) => values.map(makeRule));
  for (let t = 1; t <= 20; t++) {
    step(optimizer, variables, t, options);
    let gradients = names.map((name) => gradientsOf(t, [name]).get(name)!);
    if (options.maxGradNorm !== undefined) gradients = torchClip(gradients, options.maxGradNorm);
    gradients.forEach((values, i) => {
      values.forEach((g, j) => {
        weights[i][j] -= rules[i][j](g, t);
      });
    });
  }
  const actual = valuesOf(variables);
  names.forEach((name, i) => {
    weights[i].forEach((expected, j) => {
      const way = Math.abs(expected - start[i][j]);
      expect(way).toBeGreaterThan(0);
      // Weights are single precision: half a unit in the last place per step.
      const rounding = 20 * 2 ** -24 * Math.max(1, Math.abs(expected));
      expect(Math.abs(actual[name][j] - expected), `${name}[${j}]`).toBeLessThan(tolerance * way + rounding);
    });
  });
  tf.dispose([...variables.values()]);
}
