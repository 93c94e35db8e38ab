/** Shader of the CfC's backward pass: the gradients of all pre-activations. */

import { type CfCModel, courseLayout, memoryOf, numbered, partCount, traceLayout } from "./cfc-task.js";
import { cfcFunctions, chooseRows, eachRow, productFunction, slopeNeedsInput, slopeOf } from "./cfc-wgsl.js";
import type { ScanSizes } from "./course.js";
import { Regions, type ScanShader } from "./scan-shader.js";

/** Offsets of the backward pass's outputs. */
export interface DeltaLayout {
  size: number;
  /** Gradient of each layer's pre-activations `[rows, width]`. */
  deltaAt: number[];
  /** Gradient of the initial state `[batch, units]`. */
  dStateAt: number;
  /** Gradient of the times `[rows, units]`, to be summed over the units; with times only. */
  dTimesAt: number;
  /** Gradient of `wTau` `[rows, units]`, to be summed over the rows; in pure mode only. */
  dWTauAt: number;
  /** Gradient of `A` `[rows, units]`, to be summed over the rows; in pure mode only. */
  dAAt: number;
}

/** Lays out the backward pass's output. */
export function deltaLayout(
  { units, widths, elapsed, mode }: CfCModel,
  { batch, steps }: ScanSizes,
): DeltaLayout {
  const regions = new Regions();
  const rows = batch * steps;
  const deltaAt = widths.map((width) => regions.take(rows * width));
  const dStateAt = regions.take(batch * units);
  const dTimesAt = elapsed ? regions.take(rows * units) : 0;
  const dWTauAt = mode === "pure" ? regions.take(rows * units) : 0;
  const dAAt = mode === "pure" ? regions.take(rows * units) : 0;
  return { size: regions.size, deltaAt, dStateAt, dTimesAt, dWTauAt, dAAt };
}

/**
 * The backward pass as a shader with the inputs `dOutputs`, `dLast`, `course` ({@link courseLayout}), `trace`
 * ({@link traceLayout}) and `weights` (the layers' transposed kernels, for the first one the part of the state; in
 * pure mode `wTau` and `a`); its output is {@link deltaLayout}.
 */
export function cfcBackwardShader(model: CfCModel, sizes: ScanSizes, time: number): ScanShader {
  const { size, deltaAt, ...places } = deltaLayout(model, sizes);
  const { partsAt, zAt, uAt } = traceLayout(model, sizes);
  return {
    key: `CfCScanGrad ${JSON.stringify(model)}`,
    code: codeOf(model),
    size,
    groups: Math.ceil(sizes.batch / model.rows),
    lanes: model.lanes,
    integers: {
      ...sizes,
      ...courseLayout(model, sizes),
      ...places,
      partsAt,
      ...numbered("z", zAt),
      ...numbered("u", uAt),
      ...numbered("delta", deltaAt),
    },
    time,
  };
}

function codeOf(model: CfCModel): string {
  const { units, widths, rows, lanes, resets } = model;
  const weights = new Regions();
  const places = widths.map((width, i) => weights.take((i === 0 ? units : widths[i - 1]) * width));
  const widest = Math.max(...widths);
  const heads = widths.length - 1;
  const buffer = (layer: number) => rows * (units + ((heads - layer) % 2) * widest);
  const back = (i: number) => {
    const [to, width] = [buffer(i - 1), widths[i - 1]];
    return /* wgsl */ `
    for (var j = lane; j < ${width}; j += ${lanes}) {
      ${eachRow(rows, (r) => `memory[${to + r * width} + j] = 0.0;`)}
    }
    product(${buffer(i)}, ${widths[i]}, ${widths[i]}, ${places[i]}, ${to}, ${width});
    ${slope(model, i - 1, to)}
    workgroupBarrier();`;
  };
  const layers = Array.from({ length: heads }, (_, i) => back(heads - i));
  return /* wgsl */ `
var<workgroup> memory : array<f32, ${rows * memoryOf(model)}>;
${cfcFunctions}
${productFunction(rows, lanes)}
fn main(index : i32) {
  ${chooseRows(rows)}
  for (var j = lane; j < ${units}; j += ${lanes}) {
    ${eachRow(rows, (r) => `memory[${r * units} + j] = dLast[b${r} * ${units} + j];`)}
  }
  for (var step = steps - 1; step >= 0; step--) {
    ${eachRow(rows, (r) => `let row${r} = b${r} * steps + step;`)}
    for (var j = lane; j < ${units}; j += ${lanes}) {
      ${eachRow(rows, (r) => unmix(model, r, buffer(heads) + r * widths[heads], weights.size))}
    }
    workgroupBarrier();
    ${layers.join("\n")}
    product(${buffer(0)}, ${widths[0]}, ${widths[0]}, ${places[0]}, 0, ${units});
    ${
      resets
        ? /* wgsl */ `
    for (var j = lane; j < ${units}; j += ${lanes}) {
      ${eachRow(rows, (r) => `if (course[uniforms.resetsAt + row${r}] != 0.0) { memory[${r * units} + j] = 0.0; }`)}
    }`
        : ""
    }
    workgroupBarrier();
  }
  for (var j = lane; j < ${units}; j += ${lanes}) {
    ${eachRow(rows, (r) => `if (live${r}) { result[uniforms.dStateAt + b${r} * ${units} + j] = memory[${r * units} + j]; }`)}
  }
}`;
}

function slope({ widths, rows, lanes, activation, dropout }: CfCModel, i: number, at: number): string {
  const width = widths[i];
  const needed = slopeNeedsInput(activation) ? "u" : "z";
  return /* wgsl */ `
    for (var j = lane; j < ${width}; j += ${lanes}) {
      ${eachRow(
        rows,
        (r) => /* wgsl */ `{
        let place = row${r} * ${width} + j;
        let ${needed} = trace[uniforms.${needed}${i}At + place];
        let factor = ${dropout[i] ? `course[uniforms.dropout${i}At + place]` : "1.0"};
        let delta = memory[${at + r * width} + j] * (${slopeOf[activation]});
        memory[${at + r * width} + j] = delta;
        if (live${r}) { result[uniforms.delta${i}At + place] = delta; }
      }`,
      )}
    }`;
}

// Gradients of a unit's heads from that of its next state; the state's own gradient is kept where the step is skipped.
function unmix(model: CfCModel, r: number, at: number, behind: number): string {
  const { units, widths, elapsed, mask, mode } = model;
  const own = `memory[${r * units} + j]`;
  const last = widths.length - 1;
  const heads = mode === "pure" ? ["df"] : ["df", "dg", "da", "dc"];
  const sums = [...(elapsed ? ["dTimes"] : []), ...(mode === "pure" ? ["dWTau", "dA"] : [])];
  const parts = `uniforms.partsAt + row${r} * ${partCount(model) * units} + j`;
  return /* wgsl */ `{
        let dh = ${own} + dOutputs[row${r} * ${units} + j];
        let time = ${elapsed ? `course[uniforms.elapsedAt + row${r}]` : "uniforms.time"};
        let parts = ${parts};
        ${[...heads, ...sums].map((name) => `var ${name} = 0.0;`).join(" ")}
        ${own} = dh;
        if (${mask ? `course[uniforms.maskAt + row${r}] != 0.0` : "true"}) {
          ${mode === "pure" ? pureRule(model, behind) : gateRule(model)}
          ${own} = 0.0;
        }
        ${heads.map((name, i) => `memory[${at + i * units} + j] = ${name};`).join(" ")}
        if (live${r}) {
          let place = uniforms.delta${last}At + row${r} * ${widths[last]} + j;
          ${heads.map((name, i) => `result[place + ${i * units}] = ${name};`).join(" ")}
          ${sums.map((name) => `result[uniforms.${name}At + row${r} * ${units} + j] = ${name};`).join(" ")}
        }
      }`;
}

// h' = f + s g, or f (1 - s) + s g
function gateRule({ units, mode, flavour, elapsed }: CfCModel): string {
  const gated = mode === "default";
  const [bound, sign] = flavour === "torch" ? [(x: string) => ` * (1.0 - ${x} * ${x})`, ""] : [() => "", "-"];
  return /* wgsl */ `
          let f = trace[parts];
          let g = trace[parts + ${units}];
          let s = trace[parts + ${2 * units}];
          df = dh${gated ? " * (1.0 - s)" : ""}${bound("f")};
          dg = dh * s${bound("g")};
          dc = dh * ${gated ? "(g - f)" : "g"} * s * (1.0 - s);
          da = ${sign}time * dc;
          ${elapsed ? `dTimes = ${sign}dc * trace[parts + ${3 * units}];` : ""}`;
}

// h' = A (1 - e f) with e = exp(-t (|w| + |f|))
function pureRule({ units, elapsed }: CfCModel, behind: number): string {
  return /* wgsl */ `
          let f = trace[parts];
          let decay = trace[parts + ${units}];
          let w = weights[${behind} + j];
          let scaled = dh * weights[${behind + units} + j] * decay;
          df = scaled * (time * abs(f) - 1.0);
          dWTau = scaled * f * time * sign(w);
          dA = dh * (1.0 - decay * f);
          ${elapsed ? "dTimes = scaled * f * (abs(w) + abs(f));" : ""}`;
}
