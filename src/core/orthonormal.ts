/** Random orthonormal vectors. */

import type { Random } from "./random.js";

// A vector that lost more than this share of its length was nearly dependent on the others: the rest
// then contains their rounding errors and is projected once more (Kahan and Parlett: "twice is enough").
const keptLength = 0.7;

/**
 * `count` orthonormal vectors of `length` elements, uniformly distributed (QR of a normal matrix by
 * Gram-Schmidt, the diagonal of R positive).
 */
export function orthonormalColumns(length: number, count: number, random: Random): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    let before = norm(vector);
    for (;;) {
      for (const other of basis) subtractProjection(vector, other);
      const after = norm(vector);
      if (after > keptLength * before) break;
      before = after;
    }
    const scale = 1 / norm(vector);
    for (let i = 0; i < length; i++) vector[i] *= scale;
    basis.push(vector);
  }
  return basis;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

// Unrolled by four: additions to a single sum would wait for each other.
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + s2 + s3;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const size = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] -= size * unit[i];
}
