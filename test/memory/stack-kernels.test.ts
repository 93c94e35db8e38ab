import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { OVERRUN, stackKernels } from "../../src/memory/stack-kernels.js";

describe("stackKernels", () => {
  it.each([
    [3, 16],
    [3, 100],
    [4, 16],
    [4, 77],
  ])("joins %i frames of %i pixels, and writes no further than it may", (count, pixels) => {
    const kernels = stackKernels(4096)!;
    const { bytes } = kernels;
    const random = new Random(pixels);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.integer(256);
    const addresses = Array.from({ length: count }, (_, frame) => 200 * frame);
    const out = 2000;
    const before = bytes.slice();
    const end = out + count * pixels;
    if (count === 3) kernels.joinThree(addresses[0], addresses[1], addresses[2], out, end);
    else kernels.joinFour(addresses[0], addresses[1], addresses[2], addresses[3], out, end);
    const wanted = Uint8Array.from({ length: count * pixels }, (_, at) => {
      return before[addresses[at % count] + Math.floor(at / count)];
    });
    expect(bytes.slice(out, end)).toEqual(wanted);
    expect(bytes.slice(0, out)).toEqual(before.slice(0, out));
    expect(bytes.slice(end + OVERRUN)).toEqual(before.slice(end + OVERRUN));
  });

  it("gives each caller a memory of the size that it asked for", () => {
    const [a, b] = [stackKernels(100_000)!, stackKernels(10)!];
    expect(a.bytes.length).toBeGreaterThanOrEqual(100_000);
    a.bytes[5] = 7;
    expect(b.bytes[5]).toBe(0);
  });

  it("answers null when there is no memory", () => {
    expect(stackKernels(2 ** 40)).toBeNull();
  });
});
