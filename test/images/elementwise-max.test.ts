import { describe, expect, it } from "vitest";
import { elementwiseMax } from "../../src/images/elementwise-max.js";
import { noise } from "./pictures.js";

describe("elementwiseMax", () => {
  it.each([1, 15, 255, 256, 257, 1000, 100800])("returns the larger of each pair of %i bytes", (length) => {
    const a = noise(length, 1);
    const b = noise(length, 2);
    const expected = a.map((value, i) => Math.max(value, b[i]));
    expect(elementwiseMax(a, b, new Uint8Array(length))).toEqual(expected);
    expect(elementwiseMax(a, b, new Uint8Array(length), null)).toEqual(expected);
    expect(elementwiseMax(a, b, a)).toBe(a);
    expect(a).toEqual(expected);
  });

  it("works on arrays at any offset", () => {
    const bytes = noise(1000, 3);
    const out = elementwiseMax(bytes.subarray(1, 301), bytes.subarray(402, 702), new Uint8Array(300));
    expect(out.every((value, i) => value === Math.max(bytes[1 + i], bytes[402 + i]))).toBe(true);
  });

  it("compares other types by value", () => {
    const out = elementwiseMax(Float32Array.of(-1, 2.5), Float32Array.of(-0.5, 2), new Float32Array(2));
    expect([...out]).toEqual([-0.5, 2.5]);
    const many = new Float32Array(300).fill(-1);
    expect(elementwiseMax(many, new Float32Array(300).fill(-2), new Float32Array(300))).toEqual(many);
  });
});
