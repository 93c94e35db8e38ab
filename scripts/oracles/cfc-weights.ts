/** From the parameter names of the Python package `ncps` to this library's CfC weights, and back for gradients. */

import * as tf from "@tensorflow/tfjs-core";
import type { OracleCase, OracleParameter } from "./case.js";
import { flatten } from "./case.js";

/** Where one reference parameter lies in one weight of the layer. */
export interface Place {
  /** Name of the reference parameter. */
  parameter: string;
  /** Name of the layer's weight, without the layer's prefix. */
  weight: string;
  /** Whether the reference stores `[outputs, inputs]`. */
  transposed: boolean;
  /** Column at which it begins, for heads that lie side by side. */
  column: number;
}

/** How a case's parameters map to a CfC, or why they do not. */
export interface Mapping {
  /** One entry for each parameter. */
  places: Place[];
  /** Parameters without a place. */
  unknown: string[];
  /** Whether the parameters come from torch. */
  torch: boolean;
  /** Backbone layers. */
  backboneLayers: number;
  /** Width of the backbone, when there is one. */
  backboneUnits?: number;
  /** Size of the state. */
  units: number;
  /** Size of the projection, when there is one. */
  projSize?: number;
}

const heads = ["ff1", "ff2", "time_a", "time_b"];

/** Finds the place of each parameter. */
export function mapParameters({ params }: OracleCase): Mapping {
  const names = Object.keys(params);
  const torch = names.some((name) => /\.(weight|bias)$/.test(name));
  const units = params[find(names, /(^|[./])ff1(\.|_|\/)bias$/)]?.shape[0] ?? 0;
  const backbone = names
    .map((name) => /backbone(?:_fn)?[./](?:layers)?(\d+)[./]/.exec(name)?.[1])
    .filter((index) => index !== undefined)
    .map(Number);
  const order = [...new Set(backbone)].sort((a, b) => a - b);
  const mapping: Mapping = { places: [], unknown: [], torch, backboneLayers: order.length, units };
  for (const name of names) {
    const place = placeOf(name, order, units, torch);
    if (place) mapping.places.push(place);
    else mapping.unknown.push(name);
    if (place?.weight === "backbone1/bias") mapping.backboneUnits = params[name].shape[0];
    if (place?.weight === "projection/bias") mapping.projSize = params[name].shape[0];
  }
  return mapping;
}

function find(names: string[], pattern: RegExp): string {
  return names.find((name) => pattern.test(name)) ?? "";
}

function placeOf(name: string, order: number[], units: number, torch: boolean): Place | undefined {
  const match = /^(?:rnn_cell\.|cell\/)?(.+)$/.exec(name)!;
  const local = match[1];
  if (local === "w_tau") return { parameter: name, weight: "w_tau", transposed: false, column: 0 };
  if (local === "A") return { parameter: name, weight: "a", transposed: false, column: 0 };
  const affine = /^(.+?)[._/](weight|kernel|bias)$/.exec(local);
  if (!affine) return undefined;
  const kind = affine[2] === "bias" ? "bias" : "kernel";
  const transposed = torch && kind === "kernel";
  const head = heads.indexOf(affine[1]);
  if (head >= 0) return { parameter: name, weight: `heads/${kind}`, transposed, column: head * units };
  if (affine[1] === "fc") return { parameter: name, weight: `projection/${kind}`, transposed, column: 0 };
  const layer = /^backbone(?:_fn)?[./](?:layers)?(\d+)$/.exec(affine[1]);
  if (!layer) return undefined;
  const weight = `backbone${order.indexOf(Number(layer[1])) + 1}/${kind}`;
  return { parameter: name, weight, transposed, column: 0 };
}

/** A reference parameter in the layer's orientation: `[inputs, outputs]` or `[outputs]`. */
export function readParameter({ shape, value }: OracleParameter, { transposed }: Place): tf.Tensor {
  const values = tf.tensor(flatten(value), shape, "float32");
  if (transposed) return tf.transpose(values);
  return shape.length === 2 && shape[0] === 1 ? tf.reshape(values, [shape[1]]) : values;
}

/** The part of a layer's weight or gradient that belongs to a parameter, in the reference's orientation. */
export function takePart(weight: tf.Tensor, { column, transposed }: Place, shape: number[]): tf.Tensor {
  const columns = transposed ? shape[0] : shape[shape.length - 1];
  const part =
    weight.rank === 2 ? tf.slice(weight, [0, column], [-1, columns]) : tf.slice(weight, column, columns);
  return transposed ? tf.transpose(part) : part;
}
