import { describe, expect, it } from "vitest";
import { copyRun } from "../../src/memory/copy-run.js";

describe("copyRun", () => {
  it.each([0, 1, 24, 25, 100])("copies %i numbers, of arrays and of typed arrays, and no others", (count) => {
    const numbers = Array.from({ length: 120 }, (_, i) => i + 1);
    for (const source of [numbers, Float32Array.from(numbers), Uint8Array.from(numbers)]) {
      const target = new Float32Array(130);
      copyRun(target, 7, source, 3, count);
      const expected = new Float32Array(130);
      expected.set(numbers.slice(3, 3 + count), 7);
      expect(target).toEqual(expected);
    }
  });
});
