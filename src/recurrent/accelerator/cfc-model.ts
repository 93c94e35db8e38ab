/** The loop over time of a CfC as ONNX models: the operator `Scan` runs a graph once for every step. */

import {
  encodeModel,
  type OnnxArray,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  productNames,
} from "tfjs-training/wasm";
import { lecunTanh } from "../ops/activations.js";
import type { CfCLoop } from "../wasm/cfc-engine.js";
import { activationNumbers } from "../wasm/cfc-plan.js";

/** Options that determine the model of a loop: everything except its sizes. */
export type CfCLoopModel = Omit<CfCLoop, "batch" | "steps" | "units" | "widths"> & {
  /** Number of backbone layers. */
  layers: number;
};

/** Names of inputs and outputs; those that exist once per layer or head are followed by its number. */
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
  factors: "factors",
  dOutputs: "dOutputs",
  dLast: "dLast",
  dState: "dState",
  delta: "delta",
} as const;

const { outer, inner } = lecunTanh;
const floatType = 1;
const boolType = 9;
// Batch-major arrays are scanned along their second axis.
const [stepsFirst, batchFirst] = [0, 1];

type Attributes = Record<string, OnnxAttribute>;

interface Walked {
  name: string;
  axis: number;
}

/** Builds the nodes of a graph in order. */
class Nodes {
  readonly list: OnnxNode[] = [];

  /** Adds a node, and returns the name of its output. */
  add(operator: string, inputs: string[], options: { attributes?: Attributes; name?: string } = {}): string {
    const { attributes, name = `${operator} ${this.list.length}` } = options;
    this.list.push({ operator, inputs, outputs: [name], attributes });
    return name;
  }

  /** Names the output of the last node. */
  nameLast(name: string): void {
    const last = this.list.length - 1;
    this.list[last] = { ...this.list[last], outputs: [name] };
  }
}

const constants = {
  one: 1,
  zero: 0,
  outer,
  // the slope of lecun_tanh from its value: steep - bend z^2
  steep: outer * inner,
  bend: inner / outer,
};

/** Builds the model of the forward pass. */
export function encodeCfCForward(model: CfCLoopModel): Uint8Array {
  const { layers, bounded, gated, timed, resets, masked, record } = model;
  const { state, drives, kernel, bias, times, keep, runs, outputs, last, consumed, z, part } = cfcNames;
  const nodes = new Nodes();
  const name = (i: number) => ({ name: step(`${part}${i}`) });
  const before = resets ? nodes.add("Mul", ["h", step(keep)]) : "h";
  let value = before;
  for (let i = 0; i < layers; i++) {
    const added = i === 0 ? step(drives) : `${bias}${i}`;
    value = activate(nodes, model, [value, `${kernel}${i}`, added], step(`${z}${i}`));
  }
  const affine = nodes.add("Gemm", [value, `${kernel}${layers}`, `${bias}${layers}`]);
  const heads = ["f", "g", ...(timed ? ["a", "c"] : ["gate"])];
  const attributes = { axis: { int: 1 } };
  nodes.list.push({ operator: "Split", inputs: [affine], outputs: heads, attributes });
  const [f, g] = [0, 1].map((i) => nodes.add(bounded ? "Tanh" : "Identity", [heads[i]], name(i)));
  let gate = heads[2];
  if (timed) {
    const a = nodes.add("Identity", [heads[2]], name(3));
    gate = nodes.add("Add", [nodes.add("Mul", [a, step(times)]), heads[3]]);
  }
  const s = nodes.add("Sigmoid", [gate], name(2));
  const change = nodes.add("Mul", [s, gated ? nodes.add("Sub", [g, f]) : g]);
  const moved = nodes.add("Add", [f, change]);
  if (masked) {
    const run = nodes.add("Cast", [step(runs)], { attributes: { to: { int: boolType } } });
    nodes.add("Where", [run, moved, before]);
  }
  nodes.nameLast("h next");
  nodes.add("Identity", ["h next"], { name: step(outputs) });
  const results: Walked[] = [{ name: outputs, axis: batchFirst }];
  if (record) {
    nodes.add("Identity", [before], { name: step(consumed) });
    results.push(
      { name: consumed, axis: batchFirst },
      ...numbered(z, layers),
      ...numbered(part, timed ? 4 : 3),
    );
  }
  return encodeScan(nodes, {
    first: state,
    last,
    walked: [
      { name: drives, axis: batchFirst },
      ...perStep({ [times]: timed, [keep]: resets, [runs]: masked }),
    ],
    results,
    weights: [...weights(layers), ...Array.from({ length: layers }, (_, i) => array(`${bias}${i + 1}`, 1))],
    backwards: false,
  });
}

/**
 * Builds the model of the backward pass, for every flavour and mode, with or without times; `record` makes no
 * difference.
 */
export function encodeCfCBackward(model: CfCLoopModel): Uint8Array {
  const { layers, timed, resets, masked } = model;
  const { dOutputs, dLast, dState, kernel, keep, runs, z, factors, delta } = cfcNames;
  const nodes = new Nodes();
  const dh = nodes.add("Add", ["h", step(dOutputs)]);
  const copies = Array.from({ length: timed ? 4 : 3 }, () => dh);
  const wide = nodes.add("Concat", copies, { attributes: { axis: { int: 1 } } });
  let error = nodes.add("Mul", [wide, step(factors)], { name: step(`${delta}${layers}`) });
  const attributes = { transB: { int: 1 } };
  for (let i = layers; i > 0; i--) {
    const dZ = nodes.add("Gemm", [error, `${kernel}${i}`], { attributes });
    const rate = slope(nodes, model, step(`${z}${i - 1}`));
    error = nodes.add("Mul", [dZ, rate], { name: step(`${delta}${i - 1}`) });
  }
  let before = nodes.add("Gemm", [error, `${kernel}0`], { attributes });
  if (masked) {
    const skips = nodes.add("Sub", ["one", step(runs)]);
    before = nodes.add("Add", [before, nodes.add("Mul", [dh, skips])]);
  }
  if (resets) before = nodes.add("Mul", [before, step(keep)]);
  nodes.nameLast("h next");
  return encodeScan(nodes, {
    first: dLast,
    last: dState,
    walked: [
      { name: dOutputs, axis: batchFirst },
      { name: factors, axis: stepsFirst },
      ...numbered(z, layers),
      ...perStep({ [keep]: resets, [runs]: masked }),
    ],
    results: [{ name: `${delta}0`, axis: batchFirst }, ...numbered(delta, layers + 1).slice(1)],
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

// The state is `h` within a step, and `h next` after it.
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
    emptySequence: productNames.empty,
  });
}

function array(name: string, rank: number): OnnxArray {
  return { name, rank };
}

// Name of a step's slice of a scanned array.
function step(name: string): string {
  return `${name} of a step`;
}

function weights(layers: number): OnnxArray[] {
  return Array.from({ length: layers + 1 }, (_, i) => array(`${cfcNames.kernel}${i}`, 2));
}

function numbered(name: string, count: number): Walked[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${name}${i}`, axis: stepsFirst }));
}

function perStep(present: Record<string, boolean>): Walked[] {
  const names = Object.keys(present).filter((name) => present[name]);
  return names.map((name) => ({ name, axis: stepsFirst }));
}

function activate(nodes: Nodes, { activation }: CfCLoopModel, inputs: string[], name: string): string {
  if (activation !== activationNumbers.lecun_tanh) {
    const operator = activation === activationNumbers.relu ? "Relu" : "Tanh";
    return nodes.add(operator, [nodes.add("Gemm", inputs)], { name });
  }
  const attributes = { alpha: { float: inner }, beta: { float: inner } };
  const bent = nodes.add("Tanh", [nodes.add("Gemm", inputs, { attributes })]);
  return nodes.add("Mul", [bent, "outer"], { name });
}

function slope(nodes: Nodes, { activation }: CfCLoopModel, z: string): string {
  if (activation === activationNumbers.relu) {
    return nodes.add("Cast", [nodes.add("Greater", [z, "zero"])], { attributes: { to: { int: floatType } } });
  }
  const square = nodes.add("Mul", [z, z]);
  if (activation === activationNumbers.tanh) return nodes.add("Sub", ["one", square]);
  return nodes.add("Sub", ["steep", nodes.add("Mul", [square, "bend"])]);
}
