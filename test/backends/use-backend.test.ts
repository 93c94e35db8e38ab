import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, it, vi } from "vitest";
import { installWasmRepairs, useBackend, wasmRepairNames } from "../../src/backends/index.js";

afterEach(() => vi.restoreAllMocks());

it("auto falls back to cpu with the reason when wasm cannot start", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {}); // tfjs reports the failure there too
  vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new Error("forbidden here"));
  const choice = await useBackend();
  expect(choice.name).toBe("cpu");
  expect(choice.reason).toContain("wasm could not start");
  expect(tf.getBackend()).toBe("cpu");
  await expect(useBackend("wasm")).rejects.toMatchObject({ code: "BACKEND" });
});

it("auto chooses wasm, repaired", async () => {
  const { name, reason } = await useBackend("auto");
  expect(name).toBe("wasm");
  expect(reason).not.toBe("");
  expect(tf.getBackend()).toBe("wasm");
  expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeDefined();
});

it("chooses again without installing twice", async () => {
  await useBackend("wasm");
  const kernel = tf.getKernel("BatchMatMul", "wasm");
  await useBackend("cpu");
  expect(tf.getBackend()).toBe("cpu");
  await useBackend("wasm");
  expect(tf.getBackend()).toBe("wasm");
  expect(tf.getKernel("BatchMatMul", "wasm")).toBe(kernel);
  expect(installWasmRepairs()).toEqual([]);
});

it("registers the gradients", async () => {
  await useBackend("wasm");
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  expect(Array.from(gradient.dataSync())).toEqual([2, 4]);
});

it.each([
  ["tensorflow", "npm install @tensorflow/tfjs-node@4.22.0"],
  ["webgpu", "npm install @tensorflow/tfjs-backend-webgpu@4.22.0"],
] as const)("%s, not imported: says what to install", async (name, command) => {
  await expect(useBackend(name)).rejects.toMatchObject({
    code: "BACKEND",
    message: expect.stringContaining(command),
  });
});

it("uses a backend that the program registered", async () => {
  tf.registerBackend("tensorflow", () => new tf.KernelBackend());
  expect((await useBackend("tensorflow")).name).toBe("tensorflow");
  expect(tf.getBackend()).toBe("tensorflow");
});

it("reports a registered backend that does not start", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  tf.registerBackend("webgpu", () => Promise.reject(new Error("no adapter")));
  await expect(useBackend("webgpu")).rejects.toMatchObject({ code: "BACKEND" });
});

it("refuses unknown names", async () => {
  await expect(useBackend("webgl" as "cpu")).rejects.toMatchObject({ code: "BACKEND" });
  expect(() => installWasmRepairs({ kernels: ["Sum", "Summ"] })).toThrow("received Summ");
  expect(wasmRepairNames).toContain("Sum");
});
