/** Builds what is generated anew when its sources have changed: kernels and the dashboard's page. */

import { buildKernels } from "../scripts/build-kernels.js";
import { buildPage } from "../scripts/build-page.js";

export async function setup(): Promise<void> {
  await buildKernels();
  await buildPage();
}
