import { describe, expect, it } from "vitest";
import { releaseBuffer } from "../../src/node/release-buffer.js";

describe("releaseBuffer", () => {
  it("frees the memory immediately", () => {
    const before = process.memoryUsage().arrayBuffers;
    const numbers = new Float32Array(1 << 22);
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(16e6);
    releaseBuffer(numbers.buffer);
    expect(numbers.length).toBe(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it("rejects WebAssembly memory, which must not be freed", () => {
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    expect(() => releaseBuffer(buffer)).toThrow(/not detachable/);
    expect(buffer.byteLength).toBe(65536);
  });
});
