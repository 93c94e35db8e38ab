/** The recurrent kernels of all backends, for `useBackend`. */

import type { BackendExtension } from "tfjs-training";
import type { AcceleratorExtension } from "tfjs-training/wasm";
import { checkCfc } from "./accelerator/check-cfc.js";
import { RuntimeCfc } from "./accelerator/runtime-cfc.js";
import { type CfcEngine, cfcEngineName } from "./wasm/cfc-engine.js";
import { cfcScan, cfcScanGrad } from "./wasm/cfc-scan.js";
import { ltcScan, ltcScanGrad } from "./wasm/ltc-scan.js";
import { mixedCfcScan, mixedCfcScanGrad } from "./wasm/mixed-cfc-scan.js";
import { wiredCfcScan, wiredCfcScanGrad } from "./wasm/wired-cfc-scan.js";
import { registerScans } from "./webgpu/scans.js";

/** Loops of CfCs over time on the accelerator's runtime. */
export const cfcAccelerator: AcceleratorExtension<CfcEngine> = {
  name: cfcEngineName,
  create: (runtime, options) => new RuntimeCfc(runtime, options),
  check: checkCfc,
};

/** Scans over whole sequences: CfC, wired CfC, mixed memory and LTC. */
export const recurrentKernels: BackendExtension = {
  wasm: [
    cfcScan,
    cfcScanGrad,
    ltcScan,
    ltcScanGrad,
    mixedCfcScan,
    mixedCfcScanGrad,
    wiredCfcScan,
    wiredCfcScanGrad,
  ],
  webgpu: registerScans,
  accelerator: cfcAccelerator as AcceleratorExtension,
};
