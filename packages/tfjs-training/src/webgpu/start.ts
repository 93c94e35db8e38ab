/** Starts tfjs's webgpu backend on its own device. */

import * as tf from "@tensorflow/tfjs-core";
import type { StartedBackend, UseBackendOptions } from "../backend/backend-choice.js";
import { backendPlatform, type PlatformGpu } from "../backend/platform.js";
import { because, startBackend } from "../backend/start-backend.js";
import { BackendError } from "../core/errors.js";
import { inNode } from "../core/node-builtin.js";
import { replaceAddN } from "./add-n.js";
import { replaceCumulative } from "./cumulative.js";
import { openDevice } from "./device.js";
import { describeAdapter, type Gpu, type GpuAdapter, type GpuDevice, isSoftware } from "./gpu.js";
import { guardReads } from "./guard.js";
import type { WebGPUBackend } from "./replace-kernel.js";

const install = "npm install @tensorflow/tfjs-backend-webgpu@4.22.0";
const reason = "there is a GPU";
let device = "a device that the program opened";

/**
 * Starts the webgpu backend with the adapter's limits and with errors thrown. A backend that is already
 * running, e.g. on a device that the program opened, is kept.
 *
 * @param options with `automatic`, software adapters are refused; extensions register kernels on the device
 * @throws BackendError when there is no adapter, the package is not installed, or the device cannot be opened
 */
export async function startWebGPU({
  automatic,
  extensions = [],
}: UseBackendOptions & { automatic: boolean }): Promise<StartedBackend> {
  if (tf.engine().registry.webgpu === undefined) await register(automatic);
  await startBackend("webgpu", "the webgpu backend cannot start", () => {
    const backend = tf.backend() as WebGPUBackend;
    guardReads(backend, backend.device);
    replaceAddN();
    replaceCumulative();
    for (const { webgpu } of extensions) webgpu?.(backend.device);
  });
  return { device, reason };
}

async function register(automatic: boolean): Promise<void> {
  if (automatic && backendPlatform()?.hasGpu?.() === false) {
    throw new BackendError("this machine has no GPU");
  }
  const { gpu, expose } = await findGpu();
  const powerPreference = "high-performance";
  const adapter = await gpu.requestAdapter({ powerPreference }).catch((cause: unknown) => {
    throw new BackendError(`WebGPU gives no adapter${because(cause)}`, { cause });
  });
  if (!adapter) throw new BackendError("WebGPU finds no GPU here (is its driver installed?)");
  const name = describeAdapter(adapter.info);
  if (automatic && isSoftware(adapter)) {
    throw new BackendError(
      `${name} computes in software, slower than wasm; useBackend("webgpu") uses it anyway`,
    );
  }
  expose();
  const { WebGPUBackend } = await importBackend();
  const opened = await openDevice(adapter).catch((cause: unknown) => {
    throw new BackendError(`WebGPU cannot open ${name}${because(cause)}`, { cause });
  });
  // tfjs registers its own device, with fewer limits, when the package is imported.
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(opened, adapter.info), 3);
  device = name;
}

async function findGpu(): Promise<PlatformGpu> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  if (navigator?.gpu) return { gpu: navigator.gpu, expose: () => {} };
  const platform = backendPlatform();
  if (platform) return platform.openGpu();
  throw new BackendError(
    inNode()
      ? `it is looked for after \`import "ncps-ts/node"\`, and installed by \`${install} webgpu\``
      : "this browser has no WebGPU (navigator.gpu), or the page is not secure: it needs https or localhost",
  );
}

interface BackendPackage {
  WebGPUBackend: new (device: GpuDevice, info: GpuAdapter["info"]) => WebGPUBackend;
}

async function importBackend(): Promise<BackendPackage> {
  try {
    const imported: unknown = await import("@tensorflow/tfjs-backend-webgpu");
    return imported as BackendPackage;
  } catch (cause) {
    throw new BackendError(`@tensorflow/tfjs-backend-webgpu does not load, \`${install}\`${because(cause)}`, {
      cause,
    });
  }
}
