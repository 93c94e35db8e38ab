/** Shader of the LTC's forward pass. */

import { cfcFunctions, chooseRows } from "./cfc-wgsl.js";
import { ltcShader } from "./ltc-shader.js";
import { forwardMemory, type LTCModel, type LTCSizes, lanesPerOwner, ltcTraceLayout } from "./ltc-task.js";
import type { ScanShader } from "./scan-shader.js";

/**
 * The forward pass as a shader with the inputs `x`, `course` (`placeCourse`), `lists` (`listPlaces`, by the
 * postsynaptic neurons) and `weights` (`parameterPlaces`); its output is `ltcTraceLayout`.
 */
export function ltcForwardShader(
  model: LTCModel,
  sizes: LTCSizes,
  time: number,
  epsilon: number,
): ScanShader {
  const { size, ...places } = ltcTraceLayout(model, sizes);
  return ltcShader(model, sizes, time, {
    key: `LTCScan ${JSON.stringify({ ...model, epsilon })}`,
    code: codeOf(model, epsilon),
    size,
    sensoryOwners: model.units,
    places,
  });
}

function codeOf(model: LTCModel, epsilon: number): string {
  const { units, inputs, lanes, elapsed, resets, mask, record } = model;
  const share = lanesPerOwner(units);
  const [baseN, baseD, shareN] = [units, 2 * units, 3 * units];
  const shareD = shareN + units * share;
  // Each lane's share of the currents and conductances at a neuron.
  const addSynapseCurrents = (kind: "inner" | "sensory", potential: string) => /* wgsl */ `
    for (var item = lane; item < items; item += ${lanes}) {
      let first = uniforms.${kind}FirstAt + item / ${share};
      let end = lists[first + 1];
      var n = 0.0;
      var d = 0.0;
      for (var k = lists[first] + item % ${share}; k < end; k += ${share}) {
        let source = lists[uniforms.${kind}OtherAt + k];
        let at = uniforms.${kind}At + k;
        let sigma = weights[at + uniforms.${kind}];
        let mu = weights[at + 2 * uniforms.${kind}];
        let synapseConductance = weights[at] * logistic(sigma * (${potential} - mu));
        n += synapseConductance * weights[at + 3 * uniforms.${kind}];
        d += synapseConductance;
      }
      memory[${shareN} + item] = n;
      memory[${shareD} + item] = d;
    }
    workgroupBarrier();`;
  const addShares = /* wgsl */ `
      for (var p = i * ${share}; p < (i + 1) * ${share}; p++) {
        n += memory[${shareN} + p];
        d += memory[${shareD} + p];
      }`;
  const eachNeuron = `for (var i = lane; i < ${units}; i += ${lanes})`;
  return /* wgsl */ `
var<workgroup> memory : array<f32, ${forwardMemory(units)}>;
${cfcFunctions}
fn main(index : i32) {
  ${chooseRows(1)}
  ${eachNeuron} { memory[i] = course[b0 * ${units} + i]; }
  for (var step = 0; step < steps; step++) {
    let row = b0 * steps + step;
    let running = ${mask ? "course[uniforms.maskAt + row] != 0.0" : "true"};
    let items = select(0, ${units * share}, running);
    let time = ${elapsed ? "course[uniforms.elapsedAt + row]" : "uniforms.time"};
    let h = time / f32(uniforms.unfolds);
    ${resets ? `if (course[uniforms.resetsAt + row] != 0.0) { ${eachNeuron} { memory[i] = 0.0; } }` : ""}
    ${addSynapseCurrents("sensory", `x[row * ${inputs} + source]`)}
    ${eachNeuron} {
      var n = weights[i] * weights[${units} + i];
      var d = weights[i] + ${asFloat(epsilon)};
      ${addShares}
      memory[${baseN} + i] = n;
      memory[${baseD} + i] = d;
    }
    workgroupBarrier();
    for (var unfold = 0; unfold < uniforms.unfolds; unfold++) {
      ${addSynapseCurrents("inner", "memory[source]")}
      if (running) {
        ${eachNeuron} {
          var n = memory[${baseN} + i];
          var d = memory[${baseD} + i];
          ${addShares}
          let before = memory[i];
          let denominator = weights[${2 * units} + i] + h * d;
          var rate = 0.0;
          if (denominator != 0.0) { rate = (n - d * before) / denominator; }
          memory[i] = before + h * rate;
          ${record ? save(units) : ""}
        }
      }
      workgroupBarrier();
    }
    if (live0) {
      ${eachNeuron} { result[row * ${units} + i] = memory[i]; }
    }
  }
  if (live0) {
    ${eachNeuron} { result[uniforms.lastAt + b0 * ${units} + i] = memory[i]; }
  }
}`;
}

function save(units: number): string {
  return /* wgsl */ `
          if (live0) {
            let place = uniforms.solverAt + (row * uniforms.unfolds + unfold) * ${3 * units} + i;
            result[place] = before;
            result[place + ${units}] = rate;
            result[place + ${2 * units}] = denominator;
          }`;
}

function asFloat(x: number): string {
  const text = String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
