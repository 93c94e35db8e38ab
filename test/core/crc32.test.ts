import { describe, expect, it } from "vitest";
import { crc32, portableCrc32 } from "../../src/core/crc32.js";

describe("crc32", () => {
  it("gives the check value of the standard, whole and in parts, with and without Node's", () => {
    const bytes = new TextEncoder().encode("123456789");
    for (const sum of [crc32, portableCrc32]) {
      expect(sum(bytes)).toBe(0xcbf43926);
      expect(sum(bytes.subarray(4), sum(bytes.subarray(0, 4)))).toBe(0xcbf43926);
      expect(sum(new Uint8Array(0))).toBe(0);
    }
  });
});
