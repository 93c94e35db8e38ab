import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type BackendPlatform, installBackendPlatform } from "../src/backend/platform.js";
import { BackendError } from "../src/core/errors.js";
import { installWasmRepairs, useBackend, wasmRepairNames } from "../src/index.js";

afterEach(() => {
  vi.restoreAllMocks();
  installBackendPlatform(undefined);
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
});

const nothing = (name: string) => async (): Promise<never> => {
  throw new BackendError(`${name} is not installed`);
};

/** Node without optional packages, except for those given. */
function platform(given: Partial<BackendPlatform> = {}): void {
  installBackendPlatform({ importTensorflow: nothing("tfjs-node"), openGpu: nothing("Dawn"), ...given });
}

/** A stand-in for tfjs-node: tfjs's cpu backend under its name. */
async function importFakeTensorflow(): Promise<string> {
  await import("@tensorflow/tfjs-backend-cpu");
  if (tf.getKernelsForBackend("tensorflow").length === 0) tf.copyRegisteredKernels("cpu", "tensorflow");
  const binding = { TF_Version: "2.9.1" };
  tf.registerBackend("tensorflow", () => Object.assign(new MathBackendCPU(), { binding }), 3);
  return "@tensorflow/tfjs-node";
}

it("auto uses cpu in Node when wasm cannot start, and warns with the reason", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {}); // emscripten reports the failure there too
  vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new Error("forbidden here"));
  const choice = await useBackend();
  expect(choice.name).toBe("cpu");
  expect(choice.reason).toMatch(/wasm could not start.*forbidden here/);
  expect(choice.rejected.map(({ name }) => name)).toEqual(["tensorflow", "webgpu", "wasm"]);
  expect(tf.getBackend()).toBe("cpu");
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/takes "cpu".*slower than "wasm".*forbidden here/));
  await expect(useBackend("wasm")).rejects.toMatchObject({ code: "BACKEND" });
});

describe("auto", () => {
  it("without optional packages uses repaired wasm, and reports the alternatives", async () => {
    const { name, reason, device, rejected, report } = await useBackend("auto");
    expect(name).toBe("wasm");
    expect(reason).not.toBe("");
    expect(device).toBe("WebAssembly with SIMD");
    expect(tf.getBackend()).toBe("wasm");
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeDefined();
    expect(rejected).toEqual([
      { name: "tensorflow", reason: expect.stringContaining('import "ncps-ts/node"') },
      { name: "webgpu", reason: expect.stringContaining('import "ncps-ts/node"') },
    ]);
    expect(report).toMatch(/^wasm on WebAssembly with SIMD: .*; not tensorflow \(.*\); not webgpu \(.*\)$/);
    expect(report).not.toContain("\n");
  });

  it("reports the platform's reasons in Node", async () => {
    platform();
    const { name, rejected } = await useBackend();
    expect(name).toBe("wasm");
    expect(rejected).toEqual([
      { name: "tensorflow", reason: "tfjs-node is not installed" },
      { name: "webgpu", reason: "Dawn is not installed" },
    ]);
  });

  it("uses TensorFlow's native library if it is installed", async () => {
    platform({ importTensorflow: importFakeTensorflow });
    const choice = await useBackend();
    expect(choice).toMatchObject({ name: "tensorflow", device: "TensorFlow 2.9.1 (CPU)", rejected: [] });
    expect(tf.getBackend()).toBe("tensorflow");
  });

  it("rejects a backend with incorrect results, and says which", async () => {
    platform({ importTensorflow: importFakeTensorflow });
    await importFakeTensorflow();
    const kernel = tf.getKernel("Conv2DBackpropFilter", "tensorflow");
    const wrong: tf.KernelFunc = (call) => {
      const output = kernel.kernelFunc(call) as tf.TensorInfo;
      (tf.engine().backend.readSync(output.dataId) as Float32Array).fill(7);
      return output;
    };
    const replace = (kernelFunc: tf.KernelFunc) => {
      tf.unregisterKernel("Conv2DBackpropFilter", "tensorflow");
      tf.registerKernel({ ...kernel, kernelFunc });
    };
    replace(wrong);
    const { name, rejected } = await useBackend();
    replace(kernel.kernelFunc);
    expect(name).toBe("wasm");
    expect(tf.getBackend()).toBe("wasm");
    expect(rejected[0]).toEqual({
      name: "tensorflow",
      reason: expect.stringMatching(/fails its first computations: expected .* received 2430, 7, 7/),
    });
  });
});

it("chooses again without installing twice, and leaks no tensor", async () => {
  await useBackend("wasm");
  const kernel = tf.getKernel("BatchMatMul", "wasm");
  await useBackend("cpu");
  expect(tf.getBackend()).toBe("cpu");
  const { numTensors } = tf.memory();
  expect(await useBackend("wasm")).toMatchObject({ name: "wasm", reason: "asked for", rejected: [] });
  expect(tf.getBackend()).toBe("wasm");
  expect(tf.getKernel("BatchMatMul", "wasm")).toBe(kernel);
  expect(installWasmRepairs()).toEqual([]);
  expect(tf.memory().numTensors).toBe(numTensors);
});

it("registers the gradients", async () => {
  await useBackend("wasm");
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  expect(Array.from(gradient.dataSync())).toEqual([2, 4]);
});

it.each([
  ["tensorflow", "npm install @tensorflow/tfjs-node@4.22.0"],
  ["webgpu", "npm install @tensorflow/tfjs-backend-webgpu@4.22.0"],
] as const)("%s says what to install if it is missing", async (name, command) => {
  await expect(useBackend(name)).rejects.toMatchObject({
    code: "BACKEND",
    message: expect.stringContaining(command),
  });
});

it("uses a backend that the program registered", async () => {
  await importFakeTensorflow();
  expect((await useBackend("tensorflow")).name).toBe("tensorflow");
  expect(tf.getBackend()).toBe("tensorflow");
});

it("reports a registered backend that does not start", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  tf.registerBackend("tensorflow", () => Promise.reject(new Error("no library")));
  await expect(useBackend("tensorflow")).rejects.toMatchObject({
    code: "BACKEND",
    message: expect.stringContaining("cannot start"),
  });
});

it("rejects unknown names", async () => {
  await expect(useBackend("webgl" as "cpu")).rejects.toMatchObject({ code: "BACKEND" });
  expect(() => installWasmRepairs({ kernels: ["Sum", "Summ"] })).toThrow("received Summ");
  expect(wasmRepairNames).toContain("Sum");
});
