/** Shader of the CfC's forward pass. */

import { type CfCModel, courseLayout, memoryOf, numbered, partCount, traceLayout } from "./cfc-task.js";
import {
  activationOf,
  cfcFunctions,
  chooseRows,
  eachRow,
  productFunction,
  slopeNeedsInput,
} from "./cfc-wgsl.js";
import type { ScanSizes } from "./course.js";
import { Regions, type ScanShader } from "./scan-shader.js";

/**
 * The forward pass as a shader with the inputs `drives [rows, first width]` (the product of the inputs with the
 * first kernel), `course` ({@link courseLayout}) and `weights` (for each layer the kernel, for the first one the
 * rows of the state only, and the bias; in pure mode `wTau` and `a`); its output is {@link traceLayout}.
 */
export function cfcForwardShader(model: CfCModel, sizes: ScanSizes, time: number): ScanShader {
  const { size, lastAt, consumedAt, partsAt, zAt, uAt } = traceLayout(model, sizes);
  return {
    key: `CfCScan ${JSON.stringify(model)}`,
    code: codeOf(model),
    size,
    groups: Math.ceil(sizes.batch / model.rows),
    lanes: model.lanes,
    integers: {
      ...sizes,
      ...courseLayout(model, sizes),
      lastAt,
      consumedAt,
      partsAt,
      ...numbered("z", zAt),
      ...numbered("u", uAt),
    },
    time,
  };
}

function codeOf(model: CfCModel): string {
  const { units, widths, rows, lanes, record, resets } = model;
  const weights = new Regions();
  const places = widths.map((width, i) => ({
    kernel: weights.take((i === 0 ? units : widths[i - 1]) * width),
    bias: weights.take(width),
  }));
  const widest = Math.max(...widths);
  const buffer = (layer: number) => rows * (units + (layer % 2) * widest);
  const layer = (i: number) => {
    const [to, width] = [buffer(i), widths[i]];
    const [from, terms] = i === 0 ? [0, units] : [buffer(i - 1), widths[i - 1]];
    const drive = (r: number) => (i === 0 ? `drives[row${r} * ${width} + j] + ` : "");
    return /* wgsl */ `
    for (var j = lane; j < ${width}; j += ${lanes}) {
      ${eachRow(rows, (r) => `memory[${to + r * width} + j] = ${drive(r)}weights[${places[i].bias} + j];`)}
    }
    product(${from}, ${terms}, ${terms}, ${places[i].kernel}, ${to}, ${width});
    ${i < widths.length - 1 ? activate(model, i, to) : ""}
    workgroupBarrier();`;
  };
  return /* wgsl */ `
var<workgroup> memory : array<f32, ${rows * memoryOf(model)}>;
${cfcFunctions}
${productFunction(rows, lanes)}
fn main(index : i32) {
  ${chooseRows(rows)}
  for (var j = lane; j < ${units}; j += ${lanes}) {
    ${eachRow(rows, (r) => `memory[${r * units} + j] = course[b${r} * ${units} + j];`)}
  }
  for (var step = 0; step < steps; step++) {
    ${eachRow(rows, (r) => `let row${r} = b${r} * steps + step;`)}
    for (var j = lane; j < ${units}; j += ${lanes}) {
      ${eachRow(rows, (r) => {
        const own = `memory[${r * units} + j]`;
        const clear = resets ? `if (course[uniforms.resetsAt + row${r}] != 0.0) { ${own} = 0.0; }` : "";
        const save = `if (live${r}) { result[uniforms.consumedAt + row${r} * ${units} + j] = ${own}; }`;
        return `${clear}\n${record ? save : ""}`;
      })}
    }
    workgroupBarrier();
    ${widths.map((_, i) => layer(i)).join("\n")}
    for (var j = lane; j < ${units}; j += ${lanes}) {
      ${eachRow(rows, (r) => mix(model, r, buffer(widths.length - 1) + r * widths[widths.length - 1], weights.size))}
    }
  }
  for (var j = lane; j < ${units}; j += ${lanes}) {
    ${eachRow(rows, (r) => `if (live${r}) { result[uniforms.lastAt + b${r} * ${units} + j] = memory[${r * units} + j]; }`)}
  }
}`;
}

function activate(
  { widths, rows, lanes, activation, dropout, record }: CfCModel,
  i: number,
  at: number,
): string {
  const width = widths[i];
  const keepsInput = record && slopeNeedsInput(activation);
  return /* wgsl */ `
    for (var j = lane; j < ${width}; j += ${lanes}) {
      ${eachRow(
        rows,
        (r) => /* wgsl */ `{
        let place = row${r} * ${width} + j;
        let u = memory[${at + r * width} + j];
        ${keepsInput ? `if (live${r}) { result[uniforms.u${i}At + place] = u; }` : ""}
        var z = ${activationOf[activation]};
        ${dropout[i] ? `z *= course[uniforms.dropout${i}At + place];` : ""}
        ${record ? `if (live${r}) { result[uniforms.z${i}At + place] = z; }` : ""}
        memory[${at + r * width} + j] = z;
      }`,
      )}
    }`;
}

function mix(model: CfCModel, r: number, at: number, behind: number): string {
  const { units, mode, flavour, elapsed, mask, record } = model;
  const head = (i: number) => `memory[${at + i * units} + j]`;
  const bound = (x: string) => (flavour === "torch" ? `hyperbolic(${x})` : x);
  const gate = flavour === "torch" ? "c + time * a" : "c - time * a";
  const rule =
    mode === "pure"
      ? /* wgsl */ `
        let f = ${head(0)};
        let decay = exp(-time * (abs(weights[${behind} + j]) + abs(f)));
        let next = weights[${behind + units} + j] * (1.0 - decay * f);`
      : /* wgsl */ `
        let f = ${bound(head(0))};
        let g = ${bound(head(1))};
        let a = ${head(2)};
        let c = ${head(3)};
        let s = logistic(${gate});
        let next = f + s * ${mode === "default" ? "(g - f)" : "g"};`;
  const parts = mode === "pure" ? ["f", "decay"] : ["f", "g", "s", "a"].slice(0, partCount(model));
  const save = parts.map((name, i) => `result[place + ${i * units}] = ${name};`).join(" ");
  const own = `memory[${r * units} + j]`;
  return /* wgsl */ `{
        let time = ${elapsed ? `course[uniforms.elapsedAt + row${r}]` : "uniforms.time"};
        ${rule}
        ${mask ? `if (course[uniforms.maskAt + row${r}] != 0.0) { ${own} = next; }` : `${own} = next;`}
        if (live${r}) {
          result[row${r} * ${units} + j] = ${own};
          ${record ? `let place = uniforms.partsAt + row${r} * ${parts.length * units} + j; ${save}` : ""}
        }
      }`;
}
