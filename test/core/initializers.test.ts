import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { type InitializerKind, initialize, initializerKinds } from "../../src/core/initializers.js";
import { Random } from "../../src/core/random.js";

function draw(
  kind: InitializerKind,
  shape: number[],
  options: { gain?: number; fanIn?: number; fanOut?: number } = {},
) {
  return initialize({ kind, shape, ...options, random: new Random(7) });
}

function most(values: Float32Array): number {
  return values.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
}

function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** Largest deviation of the products of all columns (rows, if fewer) from `gain^2 I`. */
function errorOfGram(values: Float32Array, rows: number, columns: number, gain: number): number {
  const tall = rows >= columns;
  const count = Math.min(rows, columns);
  const at = (vector: number, i: number) => values[tall ? i * columns + vector : vector * columns + i];
  let worst = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < Math.max(rows, columns); i++) sum += at(a, i) * at(b, i);
      worst = Math.max(worst, Math.abs(sum - (a === b ? gain * gain : 0)));
    }
  }
  return worst;
}

describe("initialize", () => {
  it.each([
    [[64, 64], 1],
    [[100, 32], Math.SQRT2],
    [[4, 60], 0.01],
    [[8, 8, 4, 32], Math.SQRT2],
    [[5, 1], 1],
  ])("orthogonal %o with gain %d has orthonormal columns or rows", (shape, gain) => {
    const values = draw("orthogonal", shape, { gain });
    const columns = shape[shape.length - 1];
    expect(errorOfGram(values, values.length / columns, columns, gain)).toBeLessThan(1e-5);
  });

  it("draws the orthogonal weights of NatureCNN's dense layer in seconds", () => {
    const start = process.cpuUsage();
    const values = draw("orthogonal", [3136, 512], { gain: Math.SQRT2 });
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(9000);
    let worst = 0;
    for (let j = 0; j < 512; j += 73) {
      for (let k = 0; k <= j; k += 31) {
        let sum = 0;
        for (let i = 0; i < 3136; i++) sum += values[i * 512 + j] * values[i * 512 + k];
        worst = Math.max(worst, Math.abs(sum - (j === k ? 2 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-5);
  });

  it("keeps the bounds of uniform kinds and fills them", () => {
    const bounds: [InitializerKind, number][] = [
      ["glorotUniform", Math.sqrt(6 / (20 + 30))],
      ["torchUniform", 1 / Math.sqrt(20)],
    ];
    for (const [kind, bound] of bounds) {
      const values = draw(kind, [20, 30]);
      expect(most(values)).toBeLessThanOrEqual(bound);
      expect(most(values)).toBeGreaterThan(0.98 * bound);
      expect(deviation(values)).toBeCloseTo(bound / Math.sqrt(3), 1);
    }
  });

  it("counts the receptive field of convolutions in both fans", () => {
    expect(most(draw("glorotUniform", [5, 5, 4, 64]))).toBeCloseTo(Math.sqrt(6 / (25 * 4 + 25 * 64)), 3);
    expect(most(draw("torchUniform", [8, 8, 4, 32]))).toBeCloseTo(1 / 16, 3);
  });

  it("truncates heNormal at two deviations and keeps its variance", () => {
    const values = draw("heNormal", [100, 200]);
    const wanted = Math.sqrt(2 / 100);
    expect(deviation(values)).toBeCloseTo(wanted, 2);
    expect(most(values)).toBeLessThanOrEqual((2 * wanted) / 0.8796);
  });

  it("draws standard normals times the gain", () => {
    expect(deviation(draw("normal", [100, 100], { gain: 3 }))).toBeCloseTo(3, 0);
    expect(Array.from(draw("zeros", [3]))).toEqual([0, 0, 0]);
    expect(Array.from(draw("ones", [2], { gain: 0.5 }))).toEqual([0.5, 0.5]);
  });

  it("depends only on the seed", () => {
    for (const kind of initializerKinds) {
      expect(draw(kind, [6, 4])).toEqual(draw(kind, [6, 4]));
      if (kind === "zeros" || kind === "ones") continue;
      expect(initialize({ kind, shape: [6, 4], random: new Random(8) })).not.toEqual(draw(kind, [6, 4]));
    }
  });

  it("names an unknown kind", () => {
    expect(() => draw("xavier" as InitializerKind, [2, 2])).toThrow(InvalidArgumentError);
  });
});
