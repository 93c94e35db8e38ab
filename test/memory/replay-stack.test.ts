import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { createTypedArray, type DType } from "../../src/core/state.js";
import { interleave } from "../../src/memory/replay-stack.js";

function frames(count: number, size: number, dtype: DType, offset = 0) {
  const random = new Random(count * size);
  return Array.from({ length: count }, () => {
    const frame = createTypedArray(dtype, size + offset).subarray(offset);
    for (let i = 0; i < size; i++) frame[i] = random.integer(256);
    return frame;
  });
}

describe("interleave", () => {
  it.each<[number, number, number, DType, number]>([
    [4, 16, 1, "uint8", 0], // words of four bytes
    [3, 24, 1, "uint8", 0],
    [4, 16, 1, "uint8", 1], // not aligned: byte by byte
    [3, 10, 1, "uint8", 0], // no whole words
    [2, 12, 1, "uint8", 0],
    [5, 12, 1, "uint8", 0],
    [4, 12, 1, "float32", 0],
    [3, 12, 3, "uint8", 0], // colours
    [2, 12, 4, "float32", 0],
    [3, 4, 4, "float32", 0], // vectors: one after the other
  ])(
    "puts %i frames of %i numbers with %i channels of %s side by side (offset %i)",
    (count, size, channels, dtype, offset) => {
      const given = frames(count, size, dtype, offset);
      const out = createTypedArray(dtype, count * size);
      interleave(given, channels, out);
      const wanted = Array.from({ length: count * size }, (_, at) => {
        const [pixel, rest] = [Math.floor(at / (count * channels)), at % (count * channels)];
        return given[Math.floor(rest / channels)][pixel * channels + (rest % channels)];
      });
      expect([...out]).toEqual(wanted);
    },
  );

  it("leaves the frames as they are", () => {
    const given = frames(4, 16, "uint8");
    const before = given.map((frame) => [...frame]);
    interleave(given, 1, new Uint8Array(64));
    expect(given.map((frame) => [...frame])).toEqual(before);
  });
});
