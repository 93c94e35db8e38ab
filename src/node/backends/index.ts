/** The optional backends of Node for `useBackend`. */

import { installBackendPlatform } from "../../backends/platform.js";
import { installAccelerator } from "../accelerator.js";
import { importTensorflow } from "./import-tensorflow.js";
import { openGpu } from "./open-gpu.js";

installBackendPlatform({
  importTensorflow: () => importTensorflow(),
  openGpu: () => openGpu(),
  installAccelerator: (options) => installAccelerator(options),
});
