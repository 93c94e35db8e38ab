/** Weight initializers, as plain arrays from a seeded generator. */

import { InvalidArgumentError } from "./errors.js";
import { orthonormalColumns } from "./orthonormal.js";
import type { Random } from "./random.js";
import { sizeOf } from "./state.js";

/**
 * How weights start:
 * - `zeros`, `ones`
 * - `normal`: standard normal
 * - `glorotUniform`: uniform within `sqrt(6 / (fanIn + fanOut))` (Glorot and Bengio 2010; torch's xavier_uniform)
 * - `heNormal`: normal of variance `2 / fanIn`, truncated at two deviations as Keras does (He et al. 2015)
 * - `torchUniform`: uniform within `1 / sqrt(fanIn)`, torch's default for weights and biases
 * - `orthogonal`: orthonormal columns, or rows where there are fewer (Saxe et al. 2014)
 */
export type InitializerKind =
  | "zeros"
  | "ones"
  | "normal"
  | "glorotUniform"
  | "heNormal"
  | "torchUniform"
  | "orthogonal";

/** How a weight is initialized. */
export interface InitializeOptions {
  /** The distribution. */
  kind: InitializerKind;
  /** Shape of the weight; `orthogonal` treats it as a matrix whose columns are the last axis. */
  shape: readonly number[];
  /** Number of inputs of one output; default the product of all axes but the last. */
  fanIn?: number;
  /** Number of outputs of one input; default the last axis times the receptive field of a convolution. */
  fanOut?: number;
  /** Factor on all values, default 1. */
  gain?: number;
  /** Generator of the values. */
  random: Random;
}

/** Names of all kinds. */
export const initializerKinds: readonly InitializerKind[] = [
  "zeros",
  "ones",
  "normal",
  "glorotUniform",
  "heNormal",
  "torchUniform",
  "orthogonal",
];

// Standard deviation of a standard normal truncated at +-2.
const truncatedDeviation = 0.87962566103423978;

/**
 * Draws the first values of one weight, row-major.
 *
 * @throws InvalidArgumentError when the kind is unknown
 *
 * @example
 * ```ts
 * const values = initialize({ kind: "orthogonal", gain: Math.SQRT2, shape: [64, 64], random: new Random(0) });
 * ```
 */
export function initialize(options: InitializeOptions): Float32Array {
  const { kind, shape, gain = 1, random } = options;
  const outputs = shape[shape.length - 1];
  const inputs = sizeOf(shape) / outputs;
  const field = shape.length > 2 ? sizeOf(shape.slice(0, -2)) : 1;
  const { fanIn = inputs, fanOut = outputs * field } = options;
  const fill = (draw: () => number) => Float32Array.from({ length: sizeOf(shape) }, () => gain * draw());
  const uniform = (bound: number) => fill(() => random.uniform(-bound, bound));
  switch (kind) {
    case "zeros":
      return new Float32Array(sizeOf(shape));
    case "ones":
      return fill(() => 1);
    case "normal":
      return fill(() => random.normal());
    case "glorotUniform":
      return uniform(Math.sqrt(6 / (fanIn + fanOut)));
    case "heNormal":
      return fill(() => (truncatedNormal(random) * Math.sqrt(2 / fanIn)) / truncatedDeviation);
    case "torchUniform":
      return uniform(1 / Math.sqrt(fanIn));
    case "orthogonal":
      return orthogonal(inputs, outputs, gain, random);
    default:
      throw new InvalidArgumentError(
        "kind",
        `expected one of ${initializerKinds.join(", ")}, received ${kind satisfies never}`,
      );
  }
}

function truncatedNormal(random: Random): number {
  let draw = random.normal();
  while (Math.abs(draw) > 2) draw = random.normal();
  return draw;
}

// The orthonormal columns are drawn for the tall shape; a wide matrix is its transpose.
function orthogonal(rows: number, columns: number, gain: number, random: Random): Float32Array {
  const basis = orthonormalColumns(Math.max(rows, columns), Math.min(rows, columns), random);
  const values = new Float32Array(rows * columns);
  const tall = rows >= columns;
  basis.forEach((vector, j) => {
    for (let i = 0; i < vector.length; i++)
      values[tall ? i * columns + j : j * columns + i] = gain * vector[i];
  });
  return values;
}
