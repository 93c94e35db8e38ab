/** Choosing and preparing the tensor backend. */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the gradients of all operations
import { BackendError } from "../core/errors.js";
import { registerComparisonGradients } from "./comparison-gradients.js";
import { installWasmRepairs } from "./wasm/install.js";

/** Backends by tfjs's names; `"tensorflow"` is `@tensorflow/tfjs-node` and `tfjs-node-gpu`. */
export type BackendName = "wasm" | "cpu" | "tensorflow" | "webgpu";

/** What {@link useBackend} chose. */
export interface BackendChoice {
  /** The backend that is active now. */
  name: BackendName;
  /** Why this one, in one sentence. */
  reason: string;
}

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /**
   * Where the `.wasm` files of tfjs lie: a prefix ending in `/`, or the address of each file by its name.
   * Needed in pages whose bundler does not put them beside the script; Node finds them itself.
   */
  wasmPaths?: string | Record<string, string>;
}

const packages = {
  tensorflow: "@tensorflow/tfjs-node@4.22.0",
  webgpu: "@tensorflow/tfjs-backend-webgpu@4.22.0",
} as const;

/**
 * Makes a backend the active one and ready to train: all gradients registered, and the wasm backend's
 * missing, wrong and slow kernels replaced ({@link installWasmRepairs}). Call it once before tensors are made.
 *
 * - `"auto"`: `"wasm"`, and `"cpu"` where WebAssembly cannot start; `reason` says why.
 * - `"wasm"`, `"cpu"`: that one or an error.
 * - `"tensorflow"`, `"webgpu"`: after your program imported the package that registers it.
 *
 * @throws BackendError when the backend is unknown, not imported or cannot start
 *
 * @example
 * ```ts
 * const { name, reason } = await useBackend();
 * console.log(`${name}: ${reason}`);
 * ```
 */
export async function useBackend(
  name: "auto" | BackendName = "auto",
  options: UseBackendOptions = {},
): Promise<BackendChoice> {
  registerComparisonGradients();
  switch (name) {
    case "auto":
      return automatic(options);
    case "wasm":
      await startWasm(options);
      return { name, reason: "asked for" };
    case "cpu":
      await startCpu();
      return { name, reason: "asked for" };
    case "tensorflow":
    case "webgpu":
      await startImported(name);
      return { name, reason: "asked for" };
    default:
      throw new BackendError(
        `expected "auto", "wasm", "cpu", "tensorflow" or "webgpu", received ${JSON.stringify(name)}`,
      );
  }
}

async function automatic(options: UseBackendOptions): Promise<BackendChoice> {
  try {
    await startWasm(options);
    return { name: "wasm", reason: "WebAssembly is the fastest backend that needs no installation" };
  } catch (error) {
    await startCpu();
    return { name: "cpu", reason: `slow, because wasm could not start: ${(error as Error).message}` };
  }
}

async function startWasm({ wasmPaths }: UseBackendOptions): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const running = tf.engine().registry.wasm !== undefined;
  if (wasmPaths !== undefined && !running) setWasmPaths(wasmPaths);
  await withoutRethrowers(() =>
    start(
      "wasm",
      "the wasm backend cannot start (is WebAssembly allowed, and are the .wasm files where `wasmPaths` says?)",
    ),
  );
  installWasmRepairs();
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

async function startCpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-cpu");
  await start("cpu", "the cpu backend cannot start");
}

async function startImported(name: keyof typeof packages): Promise<void> {
  const bare = packages[name].replace(/@[\d.]+$/, "");
  if (!tf.findBackendFactory(name)) {
    throw new BackendError(
      `the backend "${name}" is not registered. Run \`npm install ${packages[name]}\` and write \`import "${bare}";\` before calling useBackend("${name}")`,
    );
  }
  await start(name, `the backend "${name}" of ${bare} cannot start`);
}

async function start(name: BackendName, problem: string): Promise<void> {
  let started = false;
  let cause: unknown;
  try {
    started = await tf.setBackend(name);
    await tf.ready();
  } catch (error) {
    cause = error;
  }
  if (!started) {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    throw new BackendError(`${problem}${why}`, { cause });
  }
}
