/** Checks explicitly given synapses. */

import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { checkList } from "./checks.js";
import { range } from "./synapses.js";
import type { SynapseEntry } from "./wiring.js";

/**
 * Returns the checked rows of a matrix as bytes.
 *
 * @throws InvalidArgumentError when the length of a row is not `columns` or an entry is not 1, -1 or 0
 */
export function checkMatrix(
  argument: string,
  matrix: readonly ArrayLike<number>[],
  columns: number,
): Int8Array[] {
  return matrix.map((row, i) => {
    const values = row instanceof Int8Array ? row : checkList(`${argument}[${i}]`, row as number[]);
    if (values.length !== columns) {
      throw new InvalidArgumentError(
        argument,
        `expected ${columns} columns, received ${values.length} in row ${i}`,
      );
    }
    const wrong = values.findIndex((value) => value !== 0 && value !== 1 && value !== -1);
    if (wrong < 0) return Int8Array.from(values);
    throw new InvalidArgumentError(
      argument,
      `expected 1, -1 or 0, received ${showValue(values[wrong])} in row ${i}`,
    );
  });
}

/** @throws InvalidArgumentError when the layers do not hold every neuron once, or do not end with the motor neurons */
export function checkLayers(
  layers: readonly (readonly number[])[] | undefined,
  units: number,
  outputDim: number,
): number[][] {
  if (layers === undefined) return [range(0, units)];
  const ids = checkList("layers", layers).flatMap((layer, i) => checkList(`layers[${i}]`, layer));
  const each = new Set(ids).size === units && ids.length === units;
  const known = ids.every((id) => Number.isInteger(id) && id >= 0 && id < units);
  if (!each || !known || layers.some(({ length }) => length === 0)) {
    throw new InvalidArgumentError(
      "layers",
      `expected each neuron from 0 to ${units - 1} once and no empty layer, received ${showValue(layers)}`,
    );
  }
  const last = layers[layers.length - 1];
  if (layers.length > 1 && (last.length !== outputDim || last.some((id, i) => id !== i))) {
    throw new InvalidArgumentError(
      "layers",
      `expected the motor neurons 0 to ${outputDim - 1} as the last layer, received ${showValue(last)}`,
    );
  }
  return layers.map((layer) => [...layer]);
}

/**
 * Returns the matrix `[sources][units]` of a list of synapses.
 *
 * @throws InvalidArgumentError when a synapse has an invalid neuron or polarity, or is repeated
 */
export function rowsOf(
  argument: string,
  synapses: readonly SynapseEntry[],
  sources: number,
  units: number,
): Int8Array[] {
  const rows = Array.from({ length: sources }, () => new Int8Array(units));
  const within = (id: number, end: number) => Number.isInteger(id) && id >= 0 && id < end;
  checkList(argument, synapses).forEach((synapse, i) => {
    const [source, destination, polarity] = checkList<unknown>(`${argument}[${i}]`, synapse) as SynapseEntry;
    const fail = (expected: string) => {
      throw new InvalidArgumentError(
        argument,
        `expected ${expected}, received ${showValue(synapse)} at index ${i}`,
      );
    };
    if (!within(source, sources)) fail(`a source from 0 to ${sources - 1}`);
    if (!within(destination, units)) fail(`a destination from 0 to ${units - 1}`);
    if (polarity !== 1 && polarity !== -1) fail("polarity 1 or -1");
    if (rows[source][destination] !== 0) fail("each synapse once");
    rows[source][destination] = polarity;
  });
  return rows;
}
