/** Loops of CfCs over time on the accelerator's runtime; loaded where there is an accelerator. */

import type { AcceleratorExtension } from "tfjs-training/wasm";
import { type CfcEngine, cfcEngineName } from "../wasm/cfc-engine.js";
import { checkCfc } from "./check-cfc.js";
import { RuntimeCfc } from "./runtime-cfc.js";

const extension: AcceleratorExtension<CfcEngine> = {
  name: cfcEngineName,
  create: (runtime, options) => new RuntimeCfc(runtime, options),
  check: checkCfc,
};

/** The loops, for `useBackend`. */
export const cfcAccelerator = extension as AcceleratorExtension;
