/** Opening an adapter with all that it can do. */

import type { GpuAdapter, GpuDevice } from "./gpu.js";

// tfjs asks for the others itself, but never for more storage buffers than 8.
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

/** A device with the adapter's own limits in place of the small defaults of WebGPU. */
export function openDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const limits = wantedLimits.filter((name) => adapter.limits[name] !== undefined);
  return adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
  });
}
