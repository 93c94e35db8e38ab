/** Starts tfjs's wasm backend with repaired kernels. */

import * as tf from "@tensorflow/tfjs-core";
import { installWasmRepairs } from "../wasm/install.js";
import { setProductEngine } from "../wasm/products/gemm.js";
import type {
  AcceleratorChoice,
  AcceleratorOptions,
  BackendExtension,
  StartedBackend,
  UseBackendOptions,
} from "./backend-choice.js";
import { backendPlatform } from "./platform.js";
import { startBackend } from "./start-backend.js";
import { registerTfjsWasm } from "./tfjs-wasm.js";

/**
 * Starts the wasm backend and registers the training kernels in it. A backend that is already running is kept.
 *
 * @throws BackendError when WebAssembly is missing or not allowed, or its file is not where `wasmPaths` says
 */
export async function startWasm({
  wasmPaths,
  accelerator = true,
  relaxedSimd,
  revectorize,
  extensions = [],
}: UseBackendOptions): Promise<StartedBackend> {
  if (tf.engine().registry.wasm === undefined) await registerTfjsWasm(wasmPaths);
  await startBackend(
    "wasm",
    "the wasm backend cannot start",
    () =>
      void installWasmRepairs({
        relaxedSimd,
        revectorize,
        extra: extensions.flatMap(({ wasm = [] }) => wasm),
      }),
  );
  const { getThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
  const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "with SIMD" : "without SIMD";
  const threaded = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
  const device = `WebAssembly ${simd}${threaded ? `, ${getThreadsCount()} threads` : ""}`;
  const reason = "WebAssembly is the fastest backend that needs no installation";
  const choice = await accelerate(accelerator, extensions);
  const products = choice?.version && choice.name !== "none" ? ` and ${choice.name} ${choice.version}` : "";
  return { device: device + products, reason, accelerator: choice };
}

async function accelerate(
  wanted: boolean | AcceleratorOptions,
  others: readonly BackendExtension[],
): Promise<AcceleratorChoice | undefined> {
  if (wanted === false) {
    setProductEngine(undefined);
    return { name: "none", reason: "switched off" };
  }
  const platform = backendPlatform();
  if (!platform?.installAccelerator) return undefined;
  const extensions = await Promise.all(others.flatMap(({ accelerator }) => accelerator?.() ?? []));
  return platform.installAccelerator({ extensions, ...(wanted !== true && wanted) });
}
