import { describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { Box, Discrete, MultiDiscrete, spaceFromJSON } from "../../src/spaces/index.js";

describe("Discrete", () => {
  it("samples every value and contains exactly those", () => {
    const space = new Discrete(3, -1);
    const random = new Random(0);
    const seen = new Set(Array.from({ length: 100 }, () => space.sample(random)));
    expect([...seen].sort()).toEqual([-1, 0, 1]);
    expect([-2, -1, 0, 1, 2, 0.5, Number.NaN, "0", null].map((v) => space.contains(v))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("rejects sizes that are not positive integers", () => {
    for (const n of [0, -1, 1.5, Number.NaN]) expect(() => new Discrete(n)).toThrow(InvalidArgumentError);
  });
});

describe("MultiDiscrete", () => {
  it("samples values that it contains", () => {
    const space = new MultiDiscrete([3, 2]);
    const random = new Random(1);
    for (let i = 0; i < 50; i++) expect(space.contains(space.sample(random))).toBe(true);
    for (const wrong of [[3, 0], [0, 2], [0], [0, 0, 0], [0.5, 0], 1, null]) {
      expect(space.contains(wrong)).toBe(false);
    }
    expect(space.shape).toEqual([2]);
  });

  it("rejects empty and invalid sizes", () => {
    expect(() => new MultiDiscrete([])).toThrow(InvalidArgumentError);
    expect(() => new MultiDiscrete([2, 0])).toThrow(InvalidArgumentError);
  });
});

describe("Box", () => {
  it.each([
    ["bytes", new Box({ low: 0, high: 255, shape: [3, 2], dtype: "uint8" })],
    ["bounds for each element", new Box({ low: [-1, 0], high: [1, 10], shape: [2] })],
    ["no bounds", new Box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape: [4] })],
    ["bounded below", new Box({ low: 2, high: Number.POSITIVE_INFINITY, shape: [4] })],
    ["bounded above", new Box({ low: Number.NEGATIVE_INFINITY, high: -3, shape: [4] })],
  ])("samples values that it contains: %s", (_, space) => {
    const random = new Random(2);
    for (let i = 0; i < 50; i++) expect(space.contains(space.sample(random))).toBe(true);
  });

  it("checks type, length and bounds", () => {
    const space = new Box({ low: 0, high: 1, shape: [2] });
    expect(space.contains(Float32Array.of(0, 1))).toBe(true);
    expect(space.contains(Float32Array.of(0, 1.5))).toBe(false);
    expect(space.contains(Float32Array.of(0, Number.NaN))).toBe(false);
    expect(space.contains(Float32Array.of(0))).toBe(false);
    expect(space.contains(Float64Array.of(0, 1))).toBe(false);
    expect(space.contains([0, 1])).toBe(false);
  });

  it("rejects inconsistent bounds", () => {
    expect(() => new Box({ low: 1, high: 0, shape: [2] })).toThrow(InvalidArgumentError);
    expect(() => new Box({ low: [0, 2], high: [1, 1], shape: [2] })).toThrow(InvalidArgumentError);
    expect(() => new Box({ low: Number.NaN, high: 1, shape: [2] })).toThrow(InvalidArgumentError);
    expect(() => new Box({ low: [0, 0, 0], high: 1, shape: [2] })).toThrow(ShapeError);
  });
});

describe("spaceFromJSON", () => {
  it.each([
    ["discrete", new Discrete(4, 2)],
    ["multi-discrete", new MultiDiscrete([3, 5])],
    ["bytes", new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" })],
    ["bounds for each element", new Box({ low: [-1, -2], high: [1, 2], shape: [2] })],
    ["no bounds", new Box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape: [1] })],
  ])("brings back: %s", (_, space) => {
    const back = spaceFromJSON(JSON.parse(JSON.stringify(space)));
    expect(back).toEqual(space);
  });
});

describe("Box bounds", () => {
  it("round-trip through JSON when infinite, element by element", () => {
    const box = new Box({
      low: [Number.NEGATIVE_INFINITY, 0],
      high: [1, Number.POSITIVE_INFINITY],
      shape: [2],
    });
    const copy = spaceFromJSON(JSON.parse(JSON.stringify(box))) as Box;
    expect(copy.toJSON()).toEqual(box.toJSON());
    expect(copy.sample(new Random(0)).every(Number.isFinite)).toBe(true);
  });

  it("are float32 if the elements are", () => {
    const box = new Box({ low: 0, high: 0.1, shape: [1] });
    expect(box.contains(Float32Array.of(0.1))).toBe(true);
  });
});

describe("samples are contained in their boxes", () => {
  const infinite = Number.POSITIVE_INFINITY;

  it.each([
    ["bounds beyond the type", { low: -5, high: 300, dtype: "uint8" }],
    ["bounds that are no whole numbers", { low: 0.5, high: 2.5, dtype: "int32" }],
    ["bounds that are infinite on both sides", { low: -infinite, high: infinite, dtype: "uint8" }],
    ["a lower bound that is no whole number", { low: 3.5, high: infinite, dtype: "int32" }],
    ["an upper bound alone", { low: -infinite, high: 254.5, dtype: "uint8" }],
    ["bounds whose distance overflows", { low: -1.7e308, high: 1.7e308, dtype: "float64" }],
    ["the whole of int32", { low: -(2 ** 31), high: 2 ** 31 - 1, dtype: "int32" }],
  ] as const)("with %s", (_, options) => {
    const box = new Box({ ...options, shape: [50] });
    const random = new Random(1);
    const values = Array.from({ length: 20 }, () => box.sample(random));
    expect(values.every((value) => box.contains(value))).toBe(true);
    const numbers = values.flatMap((value) => [...value]);
    if (options.dtype === "uint8" && Number.isFinite(options.low)) {
      // All bytes are about equally likely, also those that would wrap.
      expect(Math.abs(numbers.filter((value) => value < 64).length / 1000 - 0.25)).toBeLessThan(0.06);
    }
    expect(new Set(numbers).size).toBeGreaterThan(1);
  });

  it("unless the box is rejected", () => {
    const wrong = [
      { low: 0.2, high: 0.8, shape: [1], dtype: "int32" as const },
      { low: 256, high: 300, shape: [1], dtype: "uint8" as const },
      { low: 0, high: 1, shape: [-1] },
      { low: 0, high: 1, shape: [2.5] },
      { low: 0, high: 1, shape: [2], dtype: "int8" as never },
    ];
    for (const options of wrong) expect(() => new Box(options)).toThrow(InvalidArgumentError);
    for (const start of [0.5, Number.NaN]) expect(() => new Discrete(3, start)).toThrow(InvalidArgumentError);
    expect(() => spaceFromJSON({ kind: "dict" } as never)).toThrow(InvalidArgumentError);
  });

  it("even if the list that a space was created from changes", () => {
    const nvec = [2, 3];
    const space = new MultiDiscrete(nvec);
    nvec[0] = 9;
    expect(space.nvec).toEqual([2, 3]);
  });
});
