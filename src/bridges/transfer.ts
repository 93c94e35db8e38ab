/** Copies arrays of another library into a layer and back. */

import * as tf from "@tensorflow/tfjs-core";
import type { SafeTensor } from "../checkpoints/safetensors.js";
import { CheckpointError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import type { BridgedLayer, Place, WeightPlan } from "./weight-plan.js";

/** Arrays by name, as in a weight file. */
export type NamedArrays = ReadonlyMap<string, SafeTensor>;

/**
 * Sets all weights of a layer. Everything is checked before the first weight changes.
 *
 * @param library name in error messages
 * @throws CheckpointError when an array is missing, superfluous, or a mask is not that of the wiring
 * @throws ShapeError when an array has the wrong shape
 */
export function loadPlan(layer: BridgedLayer, arrays: NamedArrays, plan: WeightPlan, library: string): void {
  const { places, fixed } = plan;
  const expected = [...places, ...fixed];
  const known = new Set(expected.map(({ name }) => name));
  const missing = expected.map(({ name }) => name).filter((name) => !arrays.has(name));
  const extra = [...arrays.keys()].filter((name) => !known.has(name));
  if (missing.length + extra.length > 0) {
    const parts = [
      missing.length > 0 && `missing: ${list(missing)}`,
      extra.length > 0 && `extra: ${list(extra)}`,
    ];
    throw new CheckpointError(
      `the arrays of ${library} do not belong to this ${layer.getClassName()}; ${parts.filter(Boolean).join("; ")}`,
    );
  }
  for (const { name, shape } of expected) {
    const given = arrays.get(name)!;
    const same = given.shape.length === shape.length && shape.every((size, i) => size === given.shape[i]);
    if (!same) throw new ShapeError(name, `[${shape.join(", ")}]`, given.shape);
    if (given.data.length !== sizeOf(shape)) {
      throw new ShapeError(name, `of ${given.data.length} elements`, shape);
    }
  }
  for (const { name, data } of fixed) {
    const given = arrays.get(name)!.data;
    const at = data.findIndex((value, i) => value !== Math.abs(given[i]));
    if (at < 0) continue;
    throw new CheckpointError(
      `${name}: the mask has ${given[at]} at element ${at}, the layer's wiring ${data[at]}; ` +
        "construct the layer with the wiring of the saved model",
    );
  }
  for (const [name, variable] of layer.variables) {
    const weight = name.slice(layer.prefix.length + 1);
    const columns = variable.shape[variable.shape.length - 1];
    const values = new Float32Array(variable.size);
    for (const place of places) {
      if (place.weight !== weight) continue;
      const { data } = arrays.get(place.name)!;
      eachElement(place, columns, (theirs, ours) => {
        values[ours] = data[theirs];
      });
    }
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

/** Copies all weights of a layer under the names of another library. Reads them synchronously. */
export function readPlan(layer: BridgedLayer, { places, fixed }: WeightPlan): Map<string, SafeTensor> {
  const arrays = new Map<string, SafeTensor>();
  for (const place of places) {
    const { name, shape, weight } = place;
    const variable = layer.variables.get(`${layer.prefix}/${weight}`)!;
    const values = variable.dataSync<"float32">();
    const data = new Float32Array(sizeOf(shape));
    eachElement(place, variable.shape[variable.shape.length - 1], (theirs, ours) => {
      data[theirs] = values[ours];
    });
    arrays.set(name, { shape: [...shape], data });
  }
  for (const { name, shape, data } of fixed) arrays.set(name, { shape: [...shape], data: data.slice() });
  return arrays;
}

/** Calls a function with the positions of each element in the other library's array and in the layer's weight. */
function eachElement(
  { shape, transposed, column }: Place,
  columns: number,
  visit: (theirs: number, ours: number) => void,
): void {
  const [rows, width] = transposed
    ? [shape[1], shape[0]]
    : [sizeOf(shape.slice(0, -1)), shape[shape.length - 1]];
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      visit(transposed ? i * rows + row : row * width + i, row * columns + column + i);
    }
  }
}

function list(names: readonly string[]): string {
  const most = 6;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}

/**
 * Returns the arrays whose names start with a prefix, with the prefix removed.
 *
 * @throws CheckpointError when there is none
 */
export function underPrefix(arrays: NamedArrays, prefix: string): Map<string, SafeTensor> {
  const found = new Map<string, SafeTensor>();
  for (const [name, array] of arrays) {
    if (name.startsWith(prefix)) found.set(name.slice(prefix.length), array);
  }
  if (found.size > 0) return found;
  throw new CheckpointError(
    `no array has a name with the prefix "${prefix}"; there are: ${list([...arrays.keys()])}`,
  );
}
