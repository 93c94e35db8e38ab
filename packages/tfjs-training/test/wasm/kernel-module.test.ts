import { gzipSync } from "node:zlib";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { installWasmRepairs, removeWasmRepairs, useBackend } from "../../src/index.js";
import { type KernelExports, relaxed, simd } from "../../src/wasm/kernel-binaries.js";
import { kernelBuild, setKernelOptions } from "../../src/wasm/kernel-module.js";
import { computesProducts } from "../../src/wasm/kernel-self-test.js";
import type { WasmBackend } from "../../src/wasm/memory/heap.js";
import { guardAllocation, scratch } from "../../src/wasm/memory/scratch.js";

beforeAll(async () => {
  await useBackend("wasm");
});

afterEach(() => setKernelOptions({ relaxedSimd: true, revectorize: false }));

describe("kernelBuild", () => {
  it("uses relaxed SIMD if available, unless it is disabled", () => {
    expect(kernelBuild()).toBe("relaxed");
    setKernelOptions({ relaxedSimd: false });
    expect(kernelBuild()).toBe("simd");
  });

  it("says what is missing without SIMD", () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect(() => kernelBuild()).toThrow(expect.objectContaining({ code: "BACKEND" }));
    vi.restoreAllMocks();
  });

  it("computes a product of integers exactly in both builds, and detects errors", () => {
    for (const build of [simd, relaxed]) {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const module = new WebAssembly.Module(Buffer.from(build, "base64"));
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const kernels = exports as unknown as KernelExports;
      expect(computesProducts(kernels, memory)).toBe(true);
      const wrong = { ...kernels, packColumns: () => {} };
      new Uint8Array(memory.buffer).fill(0);
      expect(computesProducts(wrong, memory)).toBe(false);
    }
  });

  it("has small builds", () => {
    expect(gzipSync(simd + relaxed).length).toBeLessThan(300_000);
  });
});

it("restores tfjs's own kernel when a repair is removed, and the repair again", () => {
  const a = tf.ones([2, 3, 4]);
  const name = tf.getKernel("BatchMatMul", "wasm").kernelFunc;
  expect(removeWasmRepairs(["BatchMatMul", "ReluGrad"])).toEqual(["BatchMatMul", "ReluGrad"]);
  expect(removeWasmRepairs(["BatchMatMul", "ReluGrad"])).toEqual([]);
  expect(tf.getKernel("BatchMatMul", "wasm").kernelFunc).not.toBe(name);
  expect(tf.getKernel("ReluGrad", "wasm")).toBeUndefined();
  expect(tf.tidy(() => tf.matMul(a, a, false, true).dataSync()[0])).toBe(4);
  expect(installWasmRepairs()).toEqual(["BatchMatMul", "ReluGrad"]);
  expect(tf.tidy(() => tf.matMul(a, a, false, true).dataSync()[0])).toBe(4);
  expect(() => removeWasmRepairs(["Nonsense"])).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
  a.dispose();
});

describe("a full heap", () => {
  it("throws a typed error, for tensors beyond all memory and for sizes beyond 32 bits", () => {
    const before = tf.memory().numTensors;
    for (const bytes of [2 ** 32 - 2 ** 16, 2 ** 33]) {
      const make = () =>
        tf.tidy(() => tf.engine().runKernel("Fill", {}, { shape: [bytes / 4], value: 1, dtype: "float32" }));
      expect(make).toThrow(
        expect.objectContaining({ code: "BACKEND", message: expect.stringContaining("full") }),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.tidy(() => tf.add(tf.ones([3]), 1).dataSync()[2])).toBe(2);
  });

  it("is distinguished from an empty tensor", () => {
    const free = { malloc: (bytes: number) => (bytes > 8 || bytes === 0 ? 0 : 64), memory: undefined };
    const wasm = { HEAPU8: new Uint8Array(16), asm: free, _free() {}, _malloc: () => 0 };
    const backend = { wasm } as unknown as WasmBackend;
    guardAllocation(backend);
    guardAllocation(backend);
    expect(backend.wasm._malloc(8)).toBe(64);
    expect(backend.wasm._malloc(0)).toBe(0);
    expect(() => backend.wasm._malloc(9)).toThrow(expect.objectContaining({ code: "BACKEND" }));
    expect(() => scratch(backend, "panels", 100)).toThrow(expect.objectContaining({ code: "BACKEND" }));
  });
});
