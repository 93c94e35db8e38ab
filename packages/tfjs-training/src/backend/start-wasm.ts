/** Starting tfjs's wasm backend, repaired. */

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

/**
 * Starts the wasm backend and puts the training kernels into it.
 *
 * @throws BackendError when WebAssembly or the files of tfjs are missing
 */
export async function startWasm({
  wasmPaths,
  accelerator = true,
  relaxedSimd,
  revectorize,
  extensions = [],
}: UseBackendOptions): Promise<StartedBackend> {
  const { getThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const running = tf.engine().registry.wasm !== undefined;
  if (wasmPaths !== undefined && !running) setWasmPaths(wasmPaths);
  // Pages that are cross-origin isolated get a build with threads for the forward pass, beside which the training kernels cannot run.
  if (!running) tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await withoutRethrowers(() =>
    startBackend(
      "wasm",
      "the wasm backend cannot start (is WebAssembly allowed, and are the .wasm files where `wasmPaths` says?)",
      () =>
        void installWasmRepairs({
          relaxedSimd,
          revectorize,
          extra: extensions.flatMap(({ wasm = [] }) => wasm),
        }),
    ),
  );
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
  const extensions = others.flatMap(({ accelerator = [] }) => accelerator);
  return backendPlatform()?.installAccelerator?.({ extensions, ...(wanted !== true && wanted) });
}

// In Node, emscripten throws every uncaught error again from its own one-line bundle, so that a user's
// error is printed under 20 kB of machine-made code. Its listeners serve only its own exit().
async function withoutRethrowers(start: () => Promise<void>): Promise<void> {
  const { process } = globalThis as { process?: Partial<typeof globalThis.process> };
  const names = ["uncaughtException", "unhandledRejection"] as const;
  const before = names.map((name) => process?.rawListeners?.(name) ?? []);
  await start();
  names.forEach((name, i) => {
    for (const listener of process?.rawListeners?.(name) ?? []) {
      if (!before[i].includes(listener)) process?.off?.(name, listener as () => void);
    }
  });
}
