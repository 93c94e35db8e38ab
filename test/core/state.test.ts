import { describe, expect, it } from "vitest";
import { NcpsError } from "../../src/core/errors.js";
import { createTypedArray, type DType, dtypeOf, isTypedArray, sizeOf } from "../../src/core/state.js";

const dtypes: DType[] = ["uint8", "int32", "uint32", "float32", "float64"];

describe("typed arrays of states", () => {
  it.each(dtypes)("creates and recognises %s", (dtype) => {
    const array = createTypedArray(dtype, 3);
    expect(array).toHaveLength(3);
    expect([...array]).toEqual([0, 0, 0]);
    expect(dtypeOf(array)).toBe(dtype);
    expect(isTypedArray(array)).toBe(true);
  });

  it("recognises other values", () => {
    for (const value of [[1], new Int8Array(1), new DataView(new ArrayBuffer(1)), null, "x"]) {
      expect(isTypedArray(value)).toBe(false);
    }
    expect(() => dtypeOf(new Int16Array(1) as unknown as Int32Array)).toThrow(NcpsError);
  });

  it("counts elements of a shape", () => {
    expect([sizeOf([]), sizeOf([4]), sizeOf([2, 3, 4]), sizeOf([2, 0])]).toEqual([1, 4, 24, 0]);
  });
});
