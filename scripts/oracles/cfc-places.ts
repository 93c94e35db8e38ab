/** From the parameter names of the Python package `ncps` to the weights of this library's CfC. */

import type { OracleCase } from "./case.js";
import { isTorch, lstmPlace, type Place } from "./subject.js";

const heads = ["ff1", "ff2", "time_a", "time_b"];

/** Finds the place of each parameter, masks left out; those without one are `unknown`. */
export function cfcPlaces(oracle: OracleCase): { places: Place[]; unknown: string[] } {
  const torch = isTorch(oracle);
  const order = backboneIndices(oracle);
  const places: Place[] = [];
  const unknown: string[] = [];
  for (const [parameter, { shape }] of Object.entries(oracle.params)) {
    if (parameter.endsWith("sparsity_mask")) continue;
    const found = weightOf(parameter, order);
    const transposed = torch && parameter.endsWith(".weight");
    const size = transposed ? shape[0] : shape[shape.length - 1];
    const place = found && { parameter, weight: found.weight, transposed, column: found.head * size };
    const known = lstmPlace(parameter) ?? place;
    if (known) places.push(known);
    else unknown.push(parameter);
  }
  return { places, unknown };
}

/** Positions of the backbone's layers in the reference's list, which also counts activations. */
export function backboneIndices({ params }: OracleCase): number[] {
  const indices = Object.keys(params).map(
    (name) => /backbone(?:_fn)?[./](?:layers)?(\d+)[./]/.exec(name)?.[1],
  );
  return [...new Set(indices.filter((index) => index !== undefined).map(Number))].sort((a, b) => a - b);
}

const cellName = /^(?:rnn_cell\.|cell\/rnn_cell\/|cell\/)?(?:(?:layer_|_cfc_layers)(\d+)[./])?(.+)$/;

function weightOf(name: string, order: number[]): { weight: string; head: number } | undefined {
  const [, index, local] = cellName.exec(name)!;
  const layer = index === undefined ? "" : `layer${Number(index) + 1}/`;
  if (local === "w_tau") return { weight: `${layer}w_tau`, head: 0 };
  if (local === "A") return { weight: `${layer}a`, head: 0 };
  const affine = /^(.+?)[._/](weight|kernel|bias)$/.exec(local);
  if (!affine) return undefined;
  const kind = affine[2] === "bias" ? "bias" : "kernel";
  const head = heads.indexOf(affine[1]);
  if (head >= 0) return { weight: `${layer}heads/${kind}`, head };
  if (affine[1] === "fc") return { weight: `projection/${kind}`, head: 0 };
  const backbone = /^backbone(?:_fn)?[./](?:layers)?(\d+)$/.exec(affine[1]);
  if (!backbone) return undefined;
  return { weight: `backbone${order.indexOf(Number(backbone[1])) + 1}/${kind}`, head: 0 };
}
