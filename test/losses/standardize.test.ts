import { expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { standardize } from "../../src/losses/standardize.js";

it("standardises as RLlib and as labml do", () => {
  const four = () => Float32Array.of(1, 2, 3, 4);
  expect(standardize(four(), { floor: 1e-4 })[3]).toBeCloseTo(1.34164079, 6);
  expect(standardize(four(), { floor: 1e-4 })[2]).toBeCloseTo(0.4472136, 6);
  expect(standardize(four(), { ddof: 1, epsilon: 1e-8 })[3]).toBeCloseTo(1.16189499, 6);
  expect(Array.from(standardize(Float32Array.of(5), { ddof: 1 }))).toEqual([0]);
  expect(Array.from(standardize(Float32Array.of(2, 2)))).toEqual([0, 0]);
});

it("changes the array itself, to mean 0 and deviation 1", () => {
  const random = new Random(3);
  const values = Float32Array.from({ length: 500 }, () => random.normal(7, 3));
  expect(standardize(values)).toBe(values);
  const mean = values.reduce((sum, value) => sum + value, 0) / 500;
  expect(mean).toBeCloseTo(0, 5);
  expect(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / 500)).toBeCloseTo(1, 5);
});

it("divides by the floor where the deviation is smaller", () => {
  const values = standardize(Float32Array.of(1, 1 + 2 ** -10), { floor: 1 });
  expect([...values]).toEqual([-(2 ** -11), 2 ** -11]);
});
