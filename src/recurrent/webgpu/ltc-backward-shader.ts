/** Shader of the LTC's backward pass; the formulas are those of `ltcBackward`. */

import { cfcFunctions, chooseRows } from "./cfc-wgsl.js";
import { ltcShader } from "./ltc-shader.js";
import {
  backwardMemory,
  type LTCModel,
  type LTCSizes,
  lanesPerOwner,
  ltcDeltaLayout,
  ltcTraceLayout,
} from "./ltc-task.js";
import { Regions, type ScanShader } from "./scan-shader.js";

/**
 * The backward pass as a shader with the inputs `dOutputs`, `dLast`, `x`, `course` (`placeCourse`), `trace`
 * (`ltcTraceLayout`), `lists` (`listPlaces`, by the presynaptic neurons and inputs) and `weights`
 * (`parameterPlaces`); its output is `ltcDeltaLayout`.
 */
export function ltcBackwardShader(model: LTCModel, sizes: LTCSizes, time: number): ScanShader {
  const { size, ...places } = ltcDeltaLayout(model, sizes);
  return ltcShader(model, sizes, time, {
    key: `LTCScanGrad ${JSON.stringify(model)}`,
    code: codeOf(model),
    size,
    sensoryOwners: model.inputs,
    places: { ...places, solverAt: ltcTraceLayout(model, sizes).solverAt },
  });
}

const perNeuron = ["g", "dn", "dd", "sumN", "sumD", "dTime", "dCm", "dGleak", "dVleak"] as const;

function codeOf(model: LTCModel): string {
  const { units, inputs, lanes, elapsed, resets, mask } = model;
  const regions = new Regions();
  const at = Object.fromEntries(perNeuron.map((name) => [name, regions.take(units)]));
  const shares = regions.size;
  const own = (name: (typeof perNeuron)[number]) => `memory[${at[name]} + i]`;
  const eachOf = (count: number, i = "i") => `for (var ${i} = lane; ${i} < ${count}; ${i} += ${lanes})`;
  // From gradients of numerators and denominators to those of the synapses, and each lane's share of the potentials'.
  const addSynapseGradients = (
    kind: "inner" | "sensory",
    owners: number,
    potential: string,
    dn: string,
    dd: string,
  ) => {
    const share = lanesPerOwner(owners);
    return /* wgsl */ `
      for (var item = lane; item < select(0, ${owners * share}, running); item += ${lanes}) {
        let j = item / ${share};
        let v = ${potential};
        let end = lists[uniforms.${kind}FirstAt + j + 1];
        var dv = 0.0;
        for (var k = lists[uniforms.${kind}FirstAt + j] + item % ${share}; k < end; k += ${share}) {
          let to = lists[uniforms.${kind}OtherAt + k];
          let place = uniforms.${kind}At + k;
          let sigma = weights[place + uniforms.${kind}];
          let difference = v - weights[place + 2 * uniforms.${kind}];
          let s = logistic(sigma * difference);
          let synapseConductance = weights[place] * s;
          let dCurrent = memory[${at[dn]} + to];
          let dSynapseConductance = dCurrent * weights[place + 3 * uniforms.${kind}] + memory[${at[dd]} + to];
          let du = dSynapseConductance * synapseConductance * (1.0 - s);
          let sum = sums + place;
          result[sum] += dSynapseConductance * s;
          result[sum + uniforms.${kind}] += du * difference;
          result[sum + 2 * uniforms.${kind}] -= du * sigma;
          result[sum + 3 * uniforms.${kind}] += dCurrent * synapseConductance;
          dv += du * sigma;
        }
        memory[${shares} + item] = dv;
      }
      workgroupBarrier();`;
  };
  const addShares = (i: string, share: number, sum: string) =>
    `for (var p = ${i} * ${share}; p < (${i} + 1) * ${share}; p++) { ${sum} += memory[${shares} + p]; }`;
  return /* wgsl */ `
var<workgroup> memory : array<f32, ${backwardMemory(units, inputs)}>;
${cfcFunctions}
fn main(index : i32) {
  ${chooseRows(1)}
  let sums = b0 * uniforms.sums;
  if (live0) {
    for (var k = lane; k < uniforms.sums; k += ${lanes}) { result[sums + k] = 0.0; }
  }
  ${eachOf(units)} {
    ${own("g")} = dLast[b0 * ${units} + i];
    ${own("dCm")} = 0.0;
    ${own("dGleak")} = 0.0;
    ${own("dVleak")} = 0.0;
  }
  storageBarrier();
  for (var step = steps - 1; step >= 0; step--) {
    let row = b0 * steps + step;
    let running = live0${mask ? " && course[uniforms.maskAt + row] != 0.0" : ""};
    let time = ${elapsed ? "course[uniforms.elapsedAt + row]" : "uniforms.time"};
    let h = time / f32(uniforms.unfolds);
    ${eachOf(units)} {
      ${own("g")} += dOutputs[row * ${units} + i];
      ${own("sumN")} = 0.0;
      ${own("sumD")} = 0.0;
      ${own("dTime")} = 0.0;
    }
    for (var unfold = uniforms.unfolds - 1; unfold >= 0; unfold--) {
      let solver = uniforms.solverAt + (row * uniforms.unfolds + unfold) * ${3 * units};
      if (running) {
        ${eachOf(units)} {
          let before = trace[solver + i];
          let rate = trace[solver + ${units} + i];
          let denominator = trace[solver + ${2 * units} + i];
          let g = ${own("g")};
          let stuck = denominator == 0.0;
          var share = 0.0;
          if (!stuck) { share = g / denominator; }
          let passed = share * weights[${2 * units} + i];
          let dn = share * h;
          let dd = -dn * (before + h * rate);
          ${own("dn")} = dn;
          ${own("dd")} = dd;
          ${own("sumN")} += dn;
          ${own("sumD")} += dd;
          ${own("dCm")} -= dn * rate;
          ${own("dTime")} += passed * rate;
          ${own("g")} = select(passed, g, stuck);
        }
      }
      workgroupBarrier();
      ${addSynapseGradients("inner", units, "trace[solver + j]", "dn", "dd")}
      if (running) {
        ${eachOf(units)} { ${addShares("i", lanesPerOwner(units), own("g"))} }
      }
    }
    workgroupBarrier();
    ${addSynapseGradients("sensory", inputs, `x[row * ${inputs} + j]`, "sumN", "sumD")}
    if (live0) {
      ${eachOf(inputs, "j")} {
        var dx = 0.0;
        if (running) { ${addShares("j", lanesPerOwner(inputs), "dx")} }
        result[uniforms.dXAt + row * ${inputs} + j] = dx;
      }
      ${eachOf(units)} {
        ${own("dGleak")} += ${own("sumN")} * weights[${units} + i] + ${own("sumD")};
        ${own("dVleak")} += ${own("sumN")} * weights[i];
        ${elapsed ? `result[uniforms.dTimesAt + row * ${units} + i] = ${own("dTime")} / f32(uniforms.unfolds);` : ""}
        ${resets ? `if (course[uniforms.resetsAt + row] != 0.0) { ${own("g")} = 0.0; }` : ""}
      }
    }
    workgroupBarrier();
  }
  if (live0) {
    ${eachOf(units)} {
      result[uniforms.dStateAt + b0 * ${units} + i] = ${own("g")};
      result[sums + i] = ${own("dGleak")};
      result[sums + ${units} + i] = ${own("dVleak")};
      result[sums + ${2 * units} + i] = ${own("dCm")};
    }
  }
}`;
}
