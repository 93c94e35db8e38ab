/** Chooses and prepares the tensor backend. */

import { checkOptions } from "../core/check-options.js";
import "@tensorflow/tfjs-layers"; // registers the gradients of all operations
import { BackendError } from "../core/errors.js";
import { inNode } from "../core/node-builtin.js";
import { startWebGPU } from "../webgpu/start.js";
import {
  acceleratorNames,
  type BackendChoice,
  type BackendName,
  type RejectedBackend,
  type StartedBackend,
  type UseBackendOptions,
  useBackendNames,
} from "./backend-choice.js";
import { startBackend } from "./start-backend.js";
import { startTensorflow } from "./start-tensorflow.js";
import { startWasm } from "./start-wasm.js";

type Start = (options: UseBackendOptions & { automatic: boolean }) => Promise<StartedBackend>;

const starts: Record<BackendName, Start> = {
  tensorflow: startTensorflow,
  webgpu: startWebGPU,
  wasm: startWasmWithCpu,
  cpu: startCpu,
};

/**
 * Activates a backend and prepares it for training: registers all gradients, replaces missing, incorrect and slow
 * kernels, and checks a small computation against known values. Call it once before creating tensors.
 *
 * - `"auto"`: the first of these that is available and passes its check: `"tensorflow"` (in Node: `tfjs-node-gpu`, then
 *   `tfjs-node`), `"webgpu"` on a real GPU (software adapters are slower than wasm) and `"wasm"`. In Node, optional
 *   packages are looked for once `ncps-ts/node` is imported, and if nothing starts, `"cpu"` is used with a
 *   warning in the console. A web page never falls back to `"cpu"`, which would block it: an error says why.
 * - A name: that backend or an error. `"webgpu"` then accepts software adapters too.
 *
 * @throws InvalidArgumentError when an option is unknown
 * @throws BackendError when the backend is unknown, not installed, cannot start or computes incorrect results, and for
 *   `"auto"` in a web page when neither WebGPU nor WebAssembly can start
 *
 * @example
 * ```ts
 * const { report } = await useBackend();
 * console.log(report); // wasm on WebAssembly with SIMD: ...
 * ```
 */
export async function useBackend(
  name: "auto" | BackendName = "auto",
  options: UseBackendOptions = {},
): Promise<BackendChoice> {
  checkOptions("useBackend", options, useBackendNames);
  const { accelerator } = options;
  if (typeof accelerator === "object") checkOptions("accelerator", accelerator, acceleratorNames);
  if (name === "auto") return automatic(options);
  if (!Object.hasOwn(starts, name)) {
    throw new BackendError(
      `expected "auto", "wasm", "cpu", "tensorflow" or "webgpu", received ${JSON.stringify(name)}`,
    );
  }
  const started = await starts[name]({ ...options, automatic: false });
  return choose(name, { ...started, reason: "asked for" }, []);
}

async function automatic(options: UseBackendOptions): Promise<BackendChoice> {
  const rejected: RejectedBackend[] = [];
  const candidates: BackendName[] = inNode() ? ["tensorflow", "webgpu", "wasm"] : ["webgpu", "wasm"];
  for (const name of candidates) {
    try {
      return choose(name, await starts[name]({ ...options, automatic: true }), rejected);
    } catch (error) {
      rejected.push({ name, reason: (error as Error).message });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  const slow = '"cpu" (plain JavaScript) is ten to a hundred times slower than "wasm"';
  if (!inNode()) {
    throw new BackendError(
      `no fast backend can start here. ${reasons}. ${slow} and blocks the page: useBackend("cpu") uses it anyway`,
    );
  }
  console.warn(`ncps-ts: useBackend() takes ${slow}. ${reasons}`);
  const reason = `slow, because wasm could not start: ${rejected.find(({ name }) => name === "wasm")?.reason}`;
  return choose("cpu", { ...(await startCpu()), reason }, rejected);
}

function choose(
  name: BackendName,
  { device, reason, accelerator }: StartedBackend,
  rejected: RejectedBackend[],
): BackendChoice {
  const others = rejected.map((other) => `; not ${other.name} (${other.reason})`);
  const slower = accelerator?.name === "none" ? `; no accelerator (${accelerator.reason})` : "";
  const report = `${name} on ${device}: ${reason}${slower}${others.join("")}`;
  return { name, device, reason, rejected, report, ...(accelerator && { accelerator }) };
}

// Kernels that the wasm backend lacks are computed by functions of the cpu backend.
async function startWasmWithCpu(options: UseBackendOptions): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-backend-cpu");
  return startWasm(options);
}

async function startCpu(): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-backend-cpu");
  await startBackend("cpu", "the cpu backend cannot start");
  return { device: "JavaScript", reason: "it runs everywhere" };
}
