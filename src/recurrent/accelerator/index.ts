/** Runs loops of CfCs over time on the accelerator's runtime; loaded only if there is an accelerator. */

import type { AcceleratorExtension } from "tfjs-training/wasm";
import { type CfCEngine, cfcEngineName } from "../wasm/cfc-engine.js";
import { checkCfC } from "./check-cfc.js";
import { RuntimeCfC } from "./runtime-cfc.js";

const extension: AcceleratorExtension<CfCEngine> = {
  name: cfcEngineName,
  create: (runtime, options) => new RuntimeCfC(runtime, options),
  check: checkCfC,
};

/** The CfC engine of the accelerator, for `useBackend`. */
export const cfcAccelerator = extension as AcceleratorExtension;
