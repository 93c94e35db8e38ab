/** Registering the fused sequences of the webgpu backend. */

import { getKernel, type KernelConfig, registerKernel } from "@tensorflow/tfjs-core";
import type { ScanKernelFunction } from "../../ops/scan-kernels.js";
import { cfcScan, cfcScanGrad, holdsCfcScan } from "./cfc-scan.js";
import type { GpuDevice } from "./gpu.js";

/** Registers them, for scans that the device holds; the others stay compositions. Calling it again does nothing. */
export function registerScans(device: GpuDevice): void {
  if (getKernel("CfcScan", "webgpu")) return;
  const accepts: ScanKernelFunction["accepts"] = (size) => holdsCfcScan(device, size);
  const kernels = { CfcScan: Object.assign(cfcScan, { accepts }), CfcScanGrad: cfcScanGrad };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: kernelFunc as unknown as KernelConfig["kernelFunc"],
    });
  }
}
