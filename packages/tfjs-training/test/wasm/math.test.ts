import { beforeAll, describe, expect, it } from "vitest";
import { type KernelExports, relaxed, simd } from "../../src/wasm/kernel-binaries.js";
import { kernelBuild } from "../../src/wasm/kernel-module.js";

kernelBuild(); // enables relaxed SIMD if a flag is needed
const builds = { simd, relaxed };
type Name = "expOf" | "tanhOf" | "logisticOf" | "erfOf";

describe.each(["simd", "relaxed"] as const)("elementary functions of the %s build", (build) => {
  const bytes = Buffer.from(builds[build], "base64");
  const runs = WebAssembly.validate(bytes);
  let kernels: KernelExports;
  let floats: Float32Array;

  beforeAll(() => {
    const memory = new WebAssembly.Memory({ initial: 16 });
    floats = new Float32Array(memory.buffer);
    if (!runs) return;
    const module = new WebAssembly.Module(bytes);
    kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  });

  function apply(name: Name, values: ArrayLike<number>): { x: Float32Array; y: Float32Array } {
    const offset = 100_000;
    floats.fill(-7, offset, offset + values.length + 1);
    floats.set(Float32Array.from(values));
    kernels[name](0, offset * 4, values.length);
    expect(floats[offset + values.length]).toBe(-7); // nothing is written past the end
    return { x: floats.slice(0, values.length), y: floats.slice(offset, offset + values.length) };
  }

  function worst(name: Name, range: number, exact: (x: number) => number): number {
    const values = Array.from({ length: 40_001 }, (_, i) => ((i - 20_000) / 20_000) * range);
    const { x, y } = apply(name, values);
    return y.reduce((most, value, i) => {
      const expected = exact(x[i]);
      return expected === 0 && value === 0 ? most : Math.max(most, Math.abs(value / expected - 1));
    }, 0);
  }

  const logistic = (x: number) => 1 / (1 + Math.exp(-x));

  it.runIf(runs)("are correct to six digits", () => {
    expect(worst("expOf", 87, Math.exp)).toBeLessThan(2e-7);
    expect(worst("tanhOf", 20, Math.tanh)).toBeLessThan(5e-7);
    expect(worst("tanhOf", 0.01, Math.tanh)).toBeLessThan(5e-7);
    expect(worst("logisticOf", 80, logistic)).toBeLessThan(4e-7);
  });

  it.runIf(runs)("stay finite at the ends and propagate NaN", () => {
    const ends = [-1e30, Number.NEGATIVE_INFINITY, 1e30, Number.POSITIVE_INFINITY, Number.NaN];
    const e = apply("expOf", ends).y;
    expect(Math.max(e[0], e[1])).toBeLessThan(1.3e-38);
    expect(Math.min(e[2], e[3])).toBeGreaterThan(2e38);
    expect(e[4]).toBeNaN();
    const t = apply("tanhOf", ends).y;
    for (const [i, sign] of [-1, -1, 1, 1].entries()) {
      expect(Math.abs(t[i] - sign)).toBeLessThan(5e-7);
      expect(Math.abs(t[i])).toBeLessThanOrEqual(1);
    }
    expect(t[4]).toBeNaN();
    expect(Array.from(apply("logisticOf", ends).y).slice(2)).toEqual([1, 1, Number.NaN]);
    expect(Array.from(apply("erfOf", ends).y).slice(0, 4)).toEqual([-1, -1, 1, 1]);
  });

  it.runIf(runs)("compute erf to six decimals", () => {
    // DLMF, table 7.9 and the series for small arguments.
    const known = [0, 0.1, 0.5, 1, 1.5, 2, -1];
    const values = [0, 0.112462916, 0.520499878, 0.842700793, 0.966105146, 0.995322265, -0.842700793];
    const { y } = apply("erfOf", known);
    values.forEach((value, i) => {
      expect(Math.abs(y[i] - value)).toBeLessThan(5e-7);
    });
  });
});
