/** The optional backends of Node for `useBackend`. */

import { installBackendPlatform } from "../backend/platform.js";
import { installAccelerator } from "./accelerator.js";
import { hasGpu } from "./has-gpu.js";
import { importTensorflow } from "./import-tensorflow.js";
import { openGpu } from "./open-gpu.js";

installBackendPlatform({
  importTensorflow: () => importTensorflow(),
  hasGpu: () => hasGpu(),
  openGpu: () => openGpu(),
  installAccelerator: (options) => installAccelerator(options),
});
