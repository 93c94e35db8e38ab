/** Registers the fused scans of the webgpu backend. */

import { getKernel, type KernelConfig, registerKernel } from "@tensorflow/tfjs-core";
import type { GpuDevice } from "tfjs-training/webgpu";
import type { ScanKernelFunction, ScanSize } from "../ops/scan-kernels.js";
import { cfcScan, cfcScanGrad, holdsCfCScan } from "./cfc-scan.js";
import { ltcScan, ltcScanGrad } from "./ltc-scan.js";
import { holdsLTCScan } from "./ltc-task.js";

/**
 * Registers the scans, for sizes that the device can run; others remain compositions. Calling it again has no effect.
 */
export function registerScans(device: GpuDevice): void {
  if (getKernel("CfCScan", "webgpu")) return;
  const accepting = (kernel: object, holds: (device: GpuDevice, size: ScanSize) => boolean) => {
    const accepts: ScanKernelFunction["accepts"] = (size) => holds(device, size);
    return Object.assign(kernel, { accepts });
  };
  const kernels = {
    CfCScan: accepting(cfcScan, holdsCfCScan),
    CfCScanGrad: cfcScanGrad,
    LTCScan: accepting(ltcScan, holdsLTCScan),
    LTCScanGrad: ltcScanGrad,
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: kernelFunc as unknown as KernelConfig["kernelFunc"],
    });
  }
}
