/** Starts TensorFlow's native library as tfjs backend. */

import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";
import { inNode } from "../core/node-builtin.js";
import type { StartedBackend } from "./backend-choice.js";
import { backendPlatform } from "./platform.js";
import { startBackend } from "./start-backend.js";

/** The part of tfjs-node's backend that describes the device. */
interface NodeBackend {
  readonly isGPUPackage?: boolean;
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/**
 * Starts the backend of `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`: the one that the program
 * imported, or in Node the first that is installed.
 *
 * @throws BackendError when there is none or it cannot be loaded
 */
export async function startTensorflow(): Promise<StartedBackend> {
  if (!tf.findBackendFactory("tensorflow")) {
    const platform = backendPlatform();
    if (!platform) {
      throw new BackendError(
        inNode()
          ? 'it is looked for after `import "ncps-ts/node"`, and installed by `npm install @tensorflow/tfjs-node@4.22.0`'
          : 'pages cannot run TensorFlow\'s native library: take "webgpu" or "wasm"',
      );
    }
    await platform.importTensorflow();
  }
  await startBackend("tensorflow", 'the backend "tensorflow" of @tensorflow/tfjs-node cannot start');
  const { isGPUPackage, isUsingGpuDevice, binding } = tf.backend() as NodeBackend;
  const processor = isUsingGpuDevice ? "GPU" : isGPUPackage ? "CPU, for it found no GPU" : "CPU";
  return {
    device: `TensorFlow ${binding?.TF_Version ?? ""} (${processor})`.replace("  ", " "),
    reason: "TensorFlow's native library is installed",
  };
}
