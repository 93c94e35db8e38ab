/** Choosing and preparing the tensor backend. */

import "@tensorflow/tfjs-layers"; // registers the gradients of all operations
import { BackendError } from "../core/errors.js";
import type {
  BackendChoice,
  BackendName,
  RejectedBackend,
  StartedBackend,
  UseBackendOptions,
} from "./backend-choice.js";
import { startBackend } from "./start-backend.js";
import { startWasm } from "./start-wasm.js";
import { startTensorflow } from "./tensorflow/start.js";
import { startWebGPU } from "./webgpu/start.js";

type Start = (options: UseBackendOptions & { automatic: boolean }) => Promise<StartedBackend>;

// In the order of "auto".
const starts: Record<BackendName, Start> = {
  tensorflow: startTensorflow,
  webgpu: startWebGPU,
  wasm: startWasmBesideCpu,
  cpu: startCpu,
};

/**
 * Makes a backend the active one and ready to train: all gradients registered, missing, wrong and slow
 * kernels replaced, and a small computation checked against known numbers. Call it once before tensors are made.
 *
 * - `"auto"`: the first that is there and passes its check out of `"tensorflow"` (`tfjs-node-gpu`, then
 *   `tfjs-node`), `"webgpu"` on a real GPU (software adapters are slower than wasm), `"wasm"`, `"cpu"`.
 *   In Node, optional packages are looked for once `ncps-ts/node` is imported.
 * - A name: that one or an error. `"webgpu"` then takes software adapters too.
 *
 * @throws BackendError when the backend is unknown, not installed, cannot start or computes wrong numbers
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
  for (const [name, start] of Object.entries(starts) as [BackendName, Start][]) {
    try {
      const { device, reason, accelerator } = await start({ ...options, automatic: true });
      const wasm = rejected.find((other) => other.name === "wasm");
      const why = wasm ? `slow, because wasm could not start: ${wasm.reason}` : reason;
      return choose(name, { device, reason: why, accelerator }, rejected);
    } catch (error) {
      rejected.push({ name, reason: (error as Error).message });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`);
  throw new BackendError(`no backend can start. ${reasons.join("; ")}`);
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
async function startWasmBesideCpu(options: UseBackendOptions): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-backend-cpu");
  return startWasm(options);
}

async function startCpu(): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-backend-cpu");
  await startBackend("cpu", "the cpu backend cannot start");
  return { device: "JavaScript", reason: "it runs everywhere" };
}
