/** Compiles the kernels anew when their sources have changed. */

import { buildKernels } from "../scripts/build-kernels.js";

export async function setup(): Promise<void> {
  await buildKernels();
}
