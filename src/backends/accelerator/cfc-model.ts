/** The loop over time of a CfC as ONNX models: the operator `Scan` runs a graph once for every step. */

import type { CfcLoop } from "../wasm/cfc-engine.js";
import { activationNumbers } from "../wasm/cfc-layout.js";
import {
  encodeModel,
  type OnnxArray,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
} from "./onnx-model.js";
import { productNames } from "./product-model.js";

/** What decides which model a loop needs: all but its sizes. */
export type CfcModel = Omit<CfcLoop, "batch" | "steps" | "units" | "widths"> & {
  /** Number of backbone layers. */
  layers: number;
};

/** Names of inputs and outputs; of what there is once for every layer or head, the name goes before its number. */
export const cfcNames = {
  state: "state",
  drives: "drives",
  kernel: "kernel",
  bias: "bias",
  times: "times",
  keep: "keep",
  runs: "runs",
  outputs: "outputs",
  last: "last",
  consumed: "consumed",
  z: "z",
  part: "part",
  dOutputs: "dOutputs",
  dLast: "dLast",
  dState: "dState",
  delta: "delta",
  dTimes: "dTimes",
} as const;

// lecun_tanh(u) = outer tanh(inner u)
const [outer, inner] = [1.7159, 0.666];
const floatType = 1;
const boolType = 9;
// Batch-major arrays are walked along their second axis.
const [stepsFirst, batchFirst] = [0, 1];

interface Walked {
  name: string;
  axis: number;
}

/** Nodes of a graph, one after the other; every one gets a name for its output. */
class Nodes {
  readonly list: OnnxNode[] = [];

  add(operator: string, inputs: string[], attributes?: Record<string, OnnxAttribute>, count = 1): string[] {
    const outputs = Array.from({ length: count }, (_, i) => `${operator}${this.list.length}.${i}`);
    this.list.push({ operator, inputs, outputs, attributes });
    return outputs;
  }

  one(operator: string, inputs: string[], attributes?: Record<string, OnnxAttribute>): string {
    return this.add(operator, inputs, attributes)[0];
  }

  /** Gives a value its name among the outputs of the graph. */
  show(value: string, name: string): void {
    this.list.push({ operator: "Identity", inputs: [value], outputs: [name] });
  }
}

const constants = {
  one: 1,
  zero: 0,
  outer,
  // the slope of lecun_tanh by its value: steep - bend z^2
  steep: outer * inner,
  bend: inner / outer,
};

/** The forward pass. */
export function encodeCfcForward(model: CfcModel): Uint8Array {
  const { layers, bounded, gated, timed, resets, masked, record } = model;
  const { state, drives, kernel, bias, times, keep, runs, outputs, last, consumed, z, part } = cfcNames;
  const nodes = new Nodes();
  const before = resets ? nodes.one("Mul", ["h", step(keep)]) : "h";
  const results: Walked[] = [];
  const save = (value: string, name: string, axis: number) => {
    if (!record) return;
    nodes.show(value, step(name));
    results.push({ name, axis });
  };
  let value = before;
  for (let i = 0; i < layers; i++) {
    value = activate(nodes, model, [value, `${kernel}${i}`, i === 0 ? step(drives) : `${bias}${i}`]);
    save(value, `${z}${i}`, stepsFirst);
  }
  const affine = nodes.one("Gemm", [value, `${kernel}${layers}`, `${bias}${layers}`]);
  const heads = nodes.add("Split", [affine], { axis: { int: 1 } }, timed ? 4 : 3);
  const [f, g] = bounded ? heads.slice(0, 2).map((head) => nodes.one("Tanh", [head])) : heads;
  const a = heads[2];
  const gate = timed ? nodes.one("Add", [nodes.one("Mul", [a, step(times)]), heads[3]]) : a;
  const s = nodes.one("Sigmoid", [gate]);
  let next = nodes.one("Add", [f, nodes.one("Mul", [s, gated ? nodes.one("Sub", [g, f]) : g])]);
  if (masked) {
    const run = nodes.one("Cast", [step(runs)], { to: { int: boolType } });
    next = nodes.one("Where", [run, next, before]);
  }
  nodes.show(next, "h next");
  nodes.show(next, step(outputs));
  save(before, consumed, batchFirst);
  for (const [i, values] of (timed ? [f, g, s, a] : [f, g, s]).entries())
    save(values, `${part}${i}`, stepsFirst);
  const walked = [{ name: drives, axis: batchFirst }, ...perStep(model)];
  return encodeScan(nodes, {
    first: state,
    last,
    walked,
    results: [{ name: outputs, axis: batchFirst }, ...results],
    weights: [...weights(layers), ...Array.from({ length: layers }, (_, i) => array(`${bias}${i + 1}`, 1))],
    backwards: false,
  });
}

/** The backward pass; `record` makes no difference. */
export function encodeCfcBackward(model: CfcModel): Uint8Array {
  const { layers, bounded, gated, timed, resets, masked } = model;
  const { dOutputs, dLast, dState, kernel, times, keep, runs, z, part, delta, dTimes } = cfcNames;
  const nodes = new Nodes();
  const times2 = (x: string, y: string) => nodes.one("Mul", [x, y]);
  const rest = (x: string) => nodes.one("Sub", ["one", x]);
  const [f, g, s, a] = [0, 1, 2, 3].map((i) => step(`${part}${i}`));
  // h' = f + s (g - f), or f + s g
  const dh = nodes.one("Add", ["h", step(dOutputs)]);
  const open = rest(s);
  let dF = gated ? times2(dh, open) : dh;
  let dG = times2(dh, s);
  const dGate = times2(times2(dG, gated ? nodes.one("Sub", [g, f]) : g), open);
  if (bounded) {
    dF = times2(dF, rest(times2(f, f)));
    dG = times2(dG, rest(times2(g, g)));
  }
  const heads = timed ? [dF, dG, times2(dGate, step(times)), dGate] : [dF, dG, dGate];
  const onlyRun = (x: string) => (masked ? times2(x, step(runs)) : x);
  let error = onlyRun(nodes.one("Concat", heads, { axis: { int: 1 } }));
  nodes.show(error, step(`${delta}${layers}`));
  if (timed) {
    const sum = nodes.one("ReduceSum", [times2(dGate, a), "lastAxis"], { keepdims: { int: 1 } });
    nodes.show(onlyRun(sum), step(dTimes));
  }
  for (let i = layers; i > 0; i--) {
    const dZ = nodes.one("Gemm", [error, `${kernel}${i}`], { transB: { int: 1 } });
    error = times2(dZ, slope(nodes, model, step(`${z}${i - 1}`)));
    nodes.show(error, step(`${delta}${i - 1}`));
  }
  let before = nodes.one("Gemm", [error, `${kernel}0`], { transB: { int: 1 } });
  if (masked) before = nodes.one("Add", [before, times2(dh, rest(step(runs)))]);
  if (resets) before = times2(before, step(keep));
  nodes.show(before, "h next");
  const walked = [
    { name: dOutputs, axis: batchFirst },
    ...Array.from({ length: layers }, (_, i) => ({ name: `${z}${i}`, axis: stepsFirst })),
    ...Array.from({ length: timed ? 4 : 3 }, (_, i) => ({ name: `${part}${i}`, axis: stepsFirst })),
    ...perStep(model),
  ];
  const results = Array.from({ length: layers + 1 }, (_, i) => ({
    name: `${delta}${i}`,
    axis: i === 0 ? batchFirst : stepsFirst,
  }));
  if (timed) results.push({ name: dTimes, axis: stepsFirst });
  return encodeScan(nodes, {
    first: dLast,
    last: dState,
    walked,
    results,
    weights: weights(layers),
    backwards: true,
  });
}

interface ScanParts {
  first: string;
  last: string;
  walked: Walked[];
  results: Walked[];
  weights: OnnxArray[];
  backwards: boolean;
}

// The state is `h` within a step, and `h next` behind it.
function encodeScan(
  nodes: Nodes,
  { first, last, walked, results, weights, backwards }: ScanParts,
): Uint8Array {
  const directions = (arrays: Walked[]) => ({ ints: arrays.map(() => Number(backwards)) });
  const axes = (arrays: Walked[]) => ({ ints: arrays.map(({ axis }) => axis) });
  const inStep = (arrays: Walked[]) => arrays.map(({ name }) => array(step(name), 2));
  const body: OnnxGraph = {
    nodes: nodes.list,
    inputs: [array("h", 2), ...inStep(walked)],
    outputs: [array("h next", 2), ...inStep(results)],
  };
  const whole = (arrays: Walked[]) => arrays.map(({ name }) => array(name, 3));
  return encodeModel({
    nodes: [
      {
        operator: "Scan",
        inputs: [first, ...walked.map(({ name }) => name)],
        outputs: [last, ...results.map(({ name }) => name)],
        attributes: {
          body: { graph: body },
          num_scan_inputs: { int: walked.length },
          scan_input_axes: axes(walked),
          scan_input_directions: directions(walked),
          scan_output_axes: axes(results),
          scan_output_directions: directions(results),
        },
      },
    ],
    inputs: [array(first, 2), ...whole(walked), ...weights],
    outputs: [array(last, 2), ...whole(results)],
    constants,
    integers: { lastAxis: [1] },
    emptySequence: productNames.nothing,
  });
}

function array(name: string, rank: number): OnnxArray {
  return { name, rank };
}

// What a step sees of an array that is walked along.
function step(name: string): string {
  return `${name} of a step`;
}

function weights(layers: number): OnnxArray[] {
  return Array.from({ length: layers + 1 }, (_, i) => array(`${cfcNames.kernel}${i}`, 2));
}

function perStep({ timed, resets, masked }: CfcModel): Walked[] {
  const { times, keep, runs } = cfcNames;
  const names = [timed && times, resets && keep, masked && runs].filter((name) => name !== false);
  return names.map((name) => ({ name, axis: stepsFirst }));
}

function activate(nodes: Nodes, { activation }: CfcModel, inputs: string[]): string {
  if (activation === activationNumbers.relu) return nodes.one("Relu", [nodes.one("Gemm", inputs)]);
  if (activation === activationNumbers.tanh) return nodes.one("Tanh", [nodes.one("Gemm", inputs)]);
  const scaled = nodes.one("Gemm", inputs, { alpha: { float: inner }, beta: { float: inner } });
  return nodes.one("Mul", [nodes.one("Tanh", [scaled]), "outer"]);
}

function slope(nodes: Nodes, { activation }: CfcModel, z: string): string {
  if (activation === activationNumbers.relu) {
    return nodes.one("Cast", [nodes.one("Greater", [z, "zero"])], { to: { int: floatType } });
  }
  const square = nodes.one("Mul", [z, z]);
  if (activation === activationNumbers.tanh) return nodes.one("Sub", ["one", square]);
  return nodes.one("Sub", ["steep", nodes.one("Mul", [square, "bend"])]);
}
