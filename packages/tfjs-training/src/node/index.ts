/**
 * Registers the optional backends of Node for `useBackend`: onnxruntime's products, TensorFlow, WebGPU. Importing it
 * is sufficient.
 *
 * @module tfjs-training/node
 */

import { installBackendPlatform } from "../backend/platform.js";
import { installAccelerator } from "./accelerator.js";
import { hasGpu } from "./has-gpu.js";
import { importTensorflow } from "./import-tensorflow.js";
import { openGpu } from "./open-gpu.js";

export { acceleratorVersions, installAccelerator, removeAccelerator } from "./accelerator.js";
export type { ImportPackage } from "./import-tensorflow.js";

installBackendPlatform({
  importTensorflow: () => importTensorflow(),
  hasGpu: () => hasGpu(),
  openGpu: () => openGpu(),
  installAccelerator: (options) => installAccelerator(options),
});
