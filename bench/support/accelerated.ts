/** A training step with the accelerator of the wasm backend. */

import { installAccelerator, removeAccelerator } from "../../packages/tfjs-training/src/node/accelerator.js";
import { productEngine, setProductEngine } from "../../packages/tfjs-training/src/wasm/products/gemm.js";

/** The step with the accelerator, by its name; empty, with a message on the console, if it is not installed. */
export async function accelerated(step: () => void): Promise<Record<string, () => void>> {
  const { name, version, reason } = await installAccelerator();
  const engine = productEngine();
  removeAccelerator();
  if (!engine) {
    console.error(reason);
    return {};
  }
  return {
    [`ncps-ts, ${name} ${version}`]: () => {
      setProductEngine(engine);
      step();
      setProductEngine(undefined);
    },
  };
}
