/** Reports errors of the GPU to the program. */

import type { KernelBackend } from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";
import type { GpuDevice } from "./gpu.js";

const guarded = new WeakSet<KernelBackend>();

/**
 * WebGPU only reports a refused shader or a full memory to the console, and tfjs continues with whatever is in
 * the buffers. After this call the next read of any tensor throws a BackendError with the report instead.
 */
export function guardReads(backend: KernelBackend, device: GpuDevice): void {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  let problem: string | undefined;
  device.addEventListener("uncapturederror", ({ error }) => {
    problem ??= error.message;
  });
  void device.lost.then(({ reason, message }) => {
    problem ??= `the device is lost (${reason ?? "unknown"}): ${message}`;
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    try {
      const values = await read(dataId);
      if (problem === undefined) return values;
    } catch (cause) {
      throw failed(problem ?? (cause as Error).message, cause);
    }
    throw failed(problem);
  };
}

function failed(problem: string, cause?: unknown): BackendError {
  return new BackendError(
    `webgpu: ${problem.trim()}. Tensors on this device cannot be trusted any more: use smaller batches or another backend`,
    { cause },
  );
}
