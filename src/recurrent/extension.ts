/** The recurrent kernels of all backends, as an extension for `useBackend`. */

import type { BackendExtension } from "tfjs-training";
import { cfcScan, cfcScanGrad } from "./wasm/cfc-scan.js";
import { ltcScan, ltcScanGrad } from "./wasm/ltc-scan.js";
import { mixedCfCScan, mixedCfCScanGrad } from "./wasm/mixed-cfc-scan.js";
import { wiredCfCScan, wiredCfCScanGrad } from "./wasm/wired-cfc-scan.js";
import { registerScans } from "./webgpu/scans.js";

/** Extension with the scans over whole sequences: CfC, wired CfC, mixed memory and LTC. */
export const recurrentKernels: BackendExtension = {
  wasm: [
    cfcScan,
    cfcScanGrad,
    ltcScan,
    ltcScanGrad,
    mixedCfCScan,
    mixedCfCScanGrad,
    wiredCfCScan,
    wiredCfCScanGrad,
  ],
  webgpu: registerScans,
  accelerator: async () => (await import("./accelerator/index.js")).cfcAccelerator,
};
