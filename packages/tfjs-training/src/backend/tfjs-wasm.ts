/**
 * Registers tfjs's wasm backend with its WebAssembly file: this package's own copy, or the one that the program
 * names.
 */

import * as tf from "@tensorflow/tfjs-core";
import { inflateSync } from "fflate";
import { bytesFromBase64 } from "../core/base64.js";
import { BackendError } from "../core/errors.js";
import { nodeBuiltin } from "../core/node-builtin.js";
import type { UseBackendOptions } from "./backend-choice.js";
import { because } from "./start-backend.js";

type Bytes = Uint8Array<ArrayBuffer>;
type MakeModule = typeof import("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js").default;

const fileName = "tfjs-backend-wasm-simd.wasm";

/**
 * Registers tfjs's wasm backend with the bytes of its WebAssembly file. tfjs itself would fetch the file from the URL
 * of the page, where no bundler puts it.
 *
 * @throws BackendError when WebAssembly is not allowed or has no SIMD, or the file is not where `wasmPaths` says
 */
export async function registerTfjsWasm(wasmPaths: UseBackendOptions["wasmPaths"]): Promise<void> {
  if (typeof WebAssembly === "undefined") throw new BackendError("there is no WebAssembly here");
  const [binary, { BackendWasm }, { default: makeModule }] = await Promise.all([
    wasmPaths === undefined ? ownFile() : loadFile(addressOf(wasmPaths)),
    import("@tensorflow/tfjs-backend-wasm"),
    import("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js"),
  ]);
  if (!WebAssembly.validate(binary)) {
    throw new BackendError(
      "it needs WebAssembly SIMD: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later",
    );
  }
  // Started here and not when tfjs requests it, because tfjs only prints reasons to the console.
  let started: Awaited<ReturnType<MakeModule>> | undefined = await startModule(makeModule, binary).catch(
    (cause: unknown) => {
      const advice = "In a page, `script-src 'wasm-unsafe-eval'` of the content security policy allows it";
      throw new BackendError(`WebAssembly cannot start${because(cause)}. ${advice}`, { cause });
    },
  );
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // the training kernels do not support threads
  const priority = 2; // the same as in tfjs
  if (tf.findBackendFactory("wasm")) tf.removeBackend("wasm");
  tf.registerBackend(
    "wasm",
    async () => {
      const module = started ?? (await startModule(makeModule, binary));
      started = undefined;
      return new BackendWasm(module);
    },
    priority,
  );
}

// Like tfjs's own init(), which does not accept bytes.
async function startModule(makeModule: MakeModule, wasmBinary: Bytes) {
  const module = await withoutRethrowers(() => makeModule({ wasmBinary } as Parameters<MakeModule>[0]));
  const { cwrap } = module as unknown as {
    cwrap(name: string, result: string | null, args: string[]): never;
  };
  module.tfjs = {
    init: cwrap("init", null, []),
    initWithThreadsCount: cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: cwrap("get_threads_count", "number", []),
    registerTensor: cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: cwrap("dispose_data", null, ["number"]),
    dispose: cwrap("dispose", null, []),
  };
  return module;
}

// In Node, emscripten rethrows every uncaught error from its own one-line bundle, so that a user's
// error is printed below 20 kB of generated code. Its listeners are only needed for its own exit().
function withoutRethrowers<Result>(start: () => Result): Result {
  const { process } = globalThis as { process?: Partial<typeof globalThis.process> };
  const names = ["uncaughtException", "unhandledRejection"] as const;
  const before = names.map((name) => process?.rawListeners?.(name) ?? []);
  const result = start();
  names.forEach((name, i) => {
    for (const listener of process?.rawListeners?.(name) ?? []) {
      if (!before[i].includes(listener)) process?.off?.(name, listener as () => void);
    }
  });
  return result;
}

async function ownFile(): Promise<Bytes> {
  const { deflated, size } = await import("./tfjs-wasm-binary.js");
  return inflateSync(bytesFromBase64(deflated), { out: new Uint8Array(size) }) as Bytes;
}

function addressOf(wasmPaths: string | Record<string, string>): string {
  if (typeof wasmPaths === "string") return wasmPaths + fileName;
  const address = wasmPaths[fileName];
  if (typeof address === "string") return address;
  const received = JSON.stringify(Object.keys(wasmPaths));
  throw new BackendError(
    `wasmPaths: expected the address of "${fileName}", the only file that is used, received those of ${received}`,
  );
}

async function loadFile(address: string): Promise<Bytes> {
  const advice = "Correct `wasmPaths`, or leave it out: the package brings the file along";
  const { bytes, type } = await fetchFile(address).catch((cause: unknown) => {
    throw new BackendError(`${address} cannot be loaded${because(cause)}. ${advice}`, { cause });
  });
  if ([0x00, 0x61, 0x73, 0x6d].every((byte, i) => bytes[i] === byte)) return bytes;
  const served = type ? ` but ${type}` : "";
  throw new BackendError(`${address} is no WebAssembly file${served}. ${advice}`);
}

async function fetchFile(address: string): Promise<{ bytes: Bytes; type?: string | null }> {
  const fs = /^(https?|data|blob):/.test(address) ? undefined : nodeBuiltin("node:fs");
  if (fs)
    return { bytes: new Uint8Array(fs.readFileSync(/^file:/.test(address) ? new URL(address) : address)) };
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), type: response.headers.get("content-type") };
}
