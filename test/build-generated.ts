/** Rebuilds generated files whose sources have changed: kernels, tfjs's own file and the dashboard's page. */

import { buildKernels } from "../scripts/build-kernels.js";
import { buildPage } from "../scripts/build-page.js";
import { buildTfjsWasm } from "../scripts/build-tfjs-wasm.js";

export async function setup(): Promise<void> {
  await buildKernels();
  await buildPage();
  buildTfjsWasm();
}
