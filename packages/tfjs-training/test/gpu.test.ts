import { describe, expect, it } from "vitest";
import { openDevice } from "../src/webgpu/device.js";
import { describeAdapter, type GpuAdapter, isSoftware } from "../src/webgpu/gpu.js";

const adapter = (given: Partial<GpuAdapter>): GpuAdapter => ({
  limits: {},
  features: new Set(),
  requestDevice: () => Promise.reject(new Error("not requested")),
  ...given,
});

describe("isSoftware", () => {
  it.each([
    { vendor: "google", architecture: "swiftshader", description: "SwiftShader driver 5.0.0" },
    { vendor: "mesa", description: "llvmpipe (LLVM 15.0.6, 256 bits)" },
    { vendor: "microsoft", device: "Microsoft Basic Render Driver" },
    { vendor: "unknown", isFallbackAdapter: true },
  ])("$vendor $description $device", (info) => {
    expect(isSoftware(adapter({ info }))).toBe(true);
  });

  it.each([
    { vendor: "nvidia", architecture: "hopper", description: "NVIDIA H100" },
    { vendor: "apple", architecture: "metal-3" },
    { vendor: "", architecture: "" },
  ])("not $vendor $architecture", (info) => {
    expect(isSoftware(adapter({ info }))).toBe(false);
  });

  it("supports the property of older browsers", () => {
    expect(isSoftware(adapter({ isFallbackAdapter: true }))).toBe(true);
  });
});

it.each([
  [{ vendor: "nvidia", architecture: "hopper", description: "NVIDIA H100" }, "NVIDIA H100 (nvidia hopper)"],
  [{ vendor: "apple", architecture: "metal-3", device: "", description: "" }, "apple metal-3"],
  [{}, "a GPU without a name"],
])("describeAdapter(%j) is %s", (info, name) => {
  expect(describeAdapter(info)).toBe(name);
});

it("opens a device with the adapter's own limits and only features that it has", async () => {
  let asked: object | undefined;
  const given = adapter({
    limits: { maxStorageBuffersPerShaderStage: 44, maxBufferSize: 2 ** 34, maxTextureDimension1D: 9 },
    features: new Set(["timestamp-query", "shader-f16"]),
    requestDevice: (descriptor) => {
      asked = descriptor;
      return Promise.reject(new Error("enough"));
    },
  });
  await expect(openDevice(given)).rejects.toThrow("enough");
  expect(asked).toEqual({
    requiredFeatures: ["timestamp-query"],
    requiredLimits: { maxStorageBuffersPerShaderStage: 44, maxBufferSize: 2 ** 34 },
  });
});
