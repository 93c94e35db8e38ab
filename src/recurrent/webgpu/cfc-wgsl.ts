/** WGSL code shared by the CfC's shaders. */

import { type CfCActivation, lecunTanh } from "../ops/activations.js";

const { outer, inner } = lecunTanh;

/** Elementary functions; `erf` is formula 7.1.26 of Abramowitz and Stegun, as in tfjs's own shaders. */
export const cfcFunctions = /* wgsl */ `
fn hyperbolic(x : f32) -> f32 {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}
fn logistic(x : f32) -> f32 {
  return 1.0 / (1.0 + exp(-x));
}
fn normalCdf(x : f32) -> f32 {
  let v = abs(x) * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * v);
  let sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return 0.5 + 0.5 * sign(x) * (1.0 - sum * exp(-v * v));
}`;

/** `phi(u)` as an expression. */
export const activationOf: Record<CfCActivation, string> = {
  lecun_tanh: `${outer} * hyperbolic(${inner} * u)`,
  tanh: "hyperbolic(u)",
  relu: "max(u, 0.0)",
  silu: "u * logistic(u)",
  gelu: "u * normalCdf(u)",
};

/**
 * `phi'(u)` times the dropout factor as an expression of `u`, or of the activation `z` after dropout: with
 * `phi = z / factor`, tanh' is `1 - phi^2`.
 */
export const slopeOf: Record<CfCActivation, string> = {
  lecun_tanh: `(${outer} * ${inner}) * factor - (${inner} / ${outer}) * z * z / max(factor, 1e-30)`,
  tanh: "factor - z * z / max(factor, 1e-30)",
  relu: "select(0.0, factor, z > 0.0)",
  silu: "factor * logistic(u) * (1.0 + u * (1.0 - logistic(u)))",
  gelu: "factor * (normalCdf(u) + u * exp(-0.5 * u * u) * 0.39894228)",
};

/** Whether the slope needs the pre-activation. */
export function slopeNeedsInput(activation: CfCActivation): boolean {
  return activation === "silu" || activation === "gelu";
}

/** Code repeated for each of the rows that a workgroup computes. */
export function eachRow(rows: number, text: (row: number) => string): string {
  return Array.from({ length: rows }, (_, row) => text(row)).join("\n");
}

/**
 * `fn product(source, stride, terms, at, to, width)`: adds `rows` rows of the workgroup's memory at `source`, `stride`
 * apart, times the matrix `[terms, width]` of `weights` at `at`, to the rows at `to`. Each lane has separate columns
 * and reads each weight once for all rows.
 */
export function productFunction(rows: number, lanes: number): string {
  const add = (weight: string, shift: number) =>
    eachRow(rows, (r) => `s${r} += ${weight} * memory[source + ${r} * stride + k + ${shift}];`);
  return /* wgsl */ `
fn product(source : i32, stride : i32, terms : i32, at : i32, to : i32, width : i32) {
  for (var j = i32(localIndex); j < width; j += ${lanes}) {
    ${eachRow(rows, (r) => `var s${r} = memory[to + ${r} * width + j];`)}
    var w = at + j;
    var k = 0;
    for (; k + 4 <= terms; k += 4) {
      let w0 = weights[w];
      let w1 = weights[w + width];
      let w2 = weights[w + 2 * width];
      let w3 = weights[w + 3 * width];
      ${add("w0", 0)}
      ${add("w1", 1)}
      ${add("w2", 2)}
      ${add("w3", 3)}
      w += 4 * width;
    }
    for (; k < terms; k++) {
      let w0 = weights[w];
      ${add("w0", 0)}
      w += width;
    }
    ${eachRow(rows, (r) => `memory[to + ${r} * width + j] = s${r};`)}
  }
}`;
}

/** Code that determines which sequences the workgroup computes; rows after the last one repeat it and write nothing. */
export function chooseRows(rows: number): string {
  return /* wgsl */ `
  let lane = i32(localIndex);
  let steps = uniforms.steps;
  let group = i32(workgroupId.x + numWorkgroups.x * (workgroupId.y + numWorkgroups.y * workgroupId.z));
  ${eachRow(
    rows,
    (r) => `
  let live${r} = group * ${rows} + ${r} < uniforms.batch;
  let b${r} = min(group * ${rows} + ${r}, uniforms.batch - 1);`,
  )}`;
}
