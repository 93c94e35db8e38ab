import { describe, expect, it } from "vitest";
import { frameInput } from "../../../src/trainers/common/frame-input.js";

describe("frameInput", () => {
  it.each([Uint8Array.of(1, 2), Float32Array.of(0.5, -1), Int32Array.of(3, 4)])(
    "does not copy %s",
    (values) => {
      const input = frameInput(values, [2, 1]);
      expect(input.values).toBe(values);
      expect(input.shape).toEqual([2, 1]);
    },
  );

  it("converts Uint32Array, which tfjs has no type for, to Int32Array", () => {
    expect(frameInput(Uint32Array.of(7, 2 ** 30 + 1), [2])).toEqual({
      values: Int32Array.of(7, 2 ** 30 + 1),
      shape: [2],
    });
  });
});
