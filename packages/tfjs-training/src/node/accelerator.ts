/** Computes matrix products of the wasm backend with the optional package `onnxruntime-node`. */

import { backend, engine } from "@tensorflow/tfjs-core";
import { checkProducts, type ProductRuntime, productNames, RuntimeProducts } from "../accelerator/index.js";
import type { AcceleratorChoice, AcceleratorOptions } from "../backend/backend-choice.js";
import type { WasmBackend } from "../wasm/memory/heap.js";
import { setProductEngine } from "../wasm/products/gemm.js";
import { firstLine, type ImportPackage, importPackage } from "./import-tensorflow.js";
import { releaseBuffer } from "./release-buffer.js";

/** Supported versions of `onnxruntime-node`, whose internal interface is known. */
export const acceleratorVersions: readonly string[] = ["1.30.0"];

/**
 * Uses the matrix product of `onnxruntime-node` for all products and convolutions of the wasm backend, which has
 * to be active: three to four times faster on processors with AVX-512. It works on the backend's own memory; small
 * products stay on the compiled kernels. The package is called through its internal, synchronous interface, so only
 * {@link acceleratorVersions} are supported, and only if a self-test agrees with the compiled kernels. Never throws:
 * without the package everything works as before. `useBackend` calls it.
 *
 * @param load imports a package; for tests
 *
 * @example
 * ```ts
 * await useBackend("wasm");
 * console.log((await installAccelerator()).reason);
 * ```
 */
export async function installAccelerator(
  { threads = 1, extensions = [] }: AcceleratorOptions = {},
  load: ImportPackage = importPackage,
): Promise<AcceleratorChoice> {
  removeAccelerator();
  if (engine().backendName !== "wasm") {
    return { name: "none", reason: "only the wasm backend has an accelerator" };
  }
  const found = await loadRuntime(load);
  if (!found.runtime) return { name: "none", version: found.version, reason: found.reason };
  const { runtime, version } = found;
  try {
    for (const spareFrom of [0, Number.POSITIVE_INFINITY]) {
      const products = new RuntimeProducts(runtime, { threads, minWork: 0, spareFrom, extensions });
      const heap = backend() as unknown as WasmBackend;
      const problems = [
        checkProducts(heap, products),
        ...extensions.map(({ name, check }) => check(heap, products.extensions[name])),
      ];
      const problem = problems.find((found) => found !== undefined);
      if (problem) return { name: "none", version, reason: `onnxruntime-node ${version}: ${problem}` };
    }
  } catch (error) {
    return { name: "none", version, reason: `onnxruntime-node ${version}: ${firstLine(error)}` };
  }
  setProductEngine(new RuntimeProducts(runtime, { threads, extensions }));
  const count = threads === 1 ? "one thread" : `${threads} threads`;
  return {
    name: "onnxruntime-node",
    version,
    reason: `matrix products by onnxruntime-node ${version} on ${count}`,
  };
}

/** Returns all products to the compiled kernels. */
export function removeAccelerator(): void {
  setProductEngine(undefined);
}

type Found =
  | { runtime: ProductRuntime; version: string }
  | { runtime?: undefined; version?: string; reason: string };

const name = "onnxruntime-node";
const REFUSAL = "Non tensor type";

async function loadRuntime(load: ImportPackage): Promise<Found> {
  let version: string;
  try {
    ({ version } = (await load(`${name}/dist/version.js`)) as { version: string });
  } catch {
    return {
      reason: `${name} is not installed, \`npm install ${name}@${acceleratorVersions[0]}\` makes products three to four times faster`,
    };
  }
  if (!acceleratorVersions.includes(version)) {
    return { version, reason: `${name} ${version} is not known, only ${acceleratorVersions.join(" and ")}` };
  }
  try {
    const { Tensor } = (await load(name)) as { Tensor: TensorClass };
    const inner = (await load(`${name}/dist/binding.js`)) as { binding: Binding; initOrt(): void };
    inner.initOrt();
    return { runtime: runtimeOf(inner.binding, Tensor), version };
  } catch (error) {
    return { version, reason: `${name} ${version} does not load: ${firstLine(error)}` };
  }
}

// The used part of the package: it is not a development dependency, because its install script fetches CUDA.
interface OrtTensor {
  readonly data: unknown;
}
type TensorClass = new (type: "float32", data: Float32Array, shape: readonly number[]) => OrtTensor;
type Tensors = Record<string, OrtTensor>;
type Outputs = Record<string, OrtTensor | null>;
interface InferenceSession {
  loadModel(buffer: ArrayBuffer, byteOffset: number, byteLength: number, options: object): void;
  run(inputs: Tensors, outputs: Outputs, options: object): Tensors;
}
interface Binding {
  InferenceSession: new () => InferenceSession;
}

function runtimeOf(binding: Binding, Tensor: TensorClass): ProductRuntime {
  return {
    load(model, threads) {
      const session = new binding.InferenceSession();
      session.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        enableCpuMemArena: false,
        enableMemPattern: false,
        logSeverityLevel: 3,
        // Eight sessions that spin while waiting would compete for processors.
        extra: { session: { intra_op: { allow_spinning: "0" } } },
      });
      return {
        run(inputs, outputs) {
          const copies = runModel(session, inputs as Tensors, outputs as Outputs);
          for (const { data } of Object.values(copies))
            releaseBuffer((data as Float32Array<ArrayBuffer>).buffer);
        },
      };
    },
    array: (data, shape) => new Tensor("float32", data, shape),
  };
}

// It returns copies of the outputs, unless the first one is a sequence: that it refuses after all have been written.
function runModel(session: InferenceSession, inputs: Tensors, outputs: Outputs): Tensors {
  const { stackTraceLimit } = Error;
  if (productNames.empty in outputs) Error.stackTraceLimit = 0;
  try {
    return session.run(inputs, outputs, {});
  } catch (error) {
    if (productNames.empty in outputs && firstLine(error).includes(REFUSAL)) return {};
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
