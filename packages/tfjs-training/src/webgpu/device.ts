/** Opens an adapter with all its capabilities. */

import type { GpuAdapter, GpuDevice } from "./gpu.js";

// tfjs requests the other limits itself, but never more than 8 storage buffers.
const wantedLimits = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
];

const wantedFeatures = ["timestamp-query", "bgra8unorm-storage"];

/** Opens a device with the adapter's own limits in place of the small defaults of WebGPU. */
export function openDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const limits = wantedLimits.filter((name) => adapter.limits[name] !== undefined);
  return adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
}
