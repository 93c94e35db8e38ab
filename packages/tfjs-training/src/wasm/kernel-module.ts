/** Compiled kernels that run on the memory of tfjs's wasm backend. */

import { bytesFromBase64 } from "../core/base64.js";
import { BackendError } from "../core/errors.js";
import { nodeBuiltin } from "../core/node-builtin.js";
import { currentRecorder, recordingKernels } from "./capture.js";
import { type KernelExports, relaxed, simd } from "./kernel-binaries.js";
import { computesProducts } from "./kernel-self-test.js";
import type { WasmBackend } from "./memory/heap.js";
import { guardAllocation } from "./memory/scratch.js";

/** Which build runs: relaxed SIMD has fused multiply-add and is a quarter faster. */
export type KernelBuild = "relaxed" | "simd";

/**
 * Compiler options of the kernels. They are compiled at their first use; later changes apply to backends created
 * later.
 */
export interface KernelOptions {
  /**
   * Whether to use fused multiply-add, by WebAssembly's relaxed SIMD, if the machine has it; default true. Its sums are
   * rounded less often, so they differ in the last digits from those of a machine without it. In Node 20 (20.16
   * or later) it has to be enabled by a V8 flag for the whole process, which is done here.
   */
  relaxedSimd?: boolean;
  /**
   * Whether V8 may join adjacent 128-bit operations to 256-bit ones, by its experimental flag
   * `--experimental-wasm-revectorize`, for the whole process; default false. Node 24 or later on x64: products
   * are then up to 1.5 times as fast.
   */
  revectorize?: boolean;
}

let options: Required<KernelOptions> = { relaxedSimd: true, revectorize: false };

/** Sets the compiler options of kernels from now on; omitted ones do not change. */
export function setKernelOptions(changes: KernelOptions): void {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  options = { ...options, ...Object.fromEntries(given) };
}

/** The current compiler options of kernels. */
export function kernelOptions(): Required<KernelOptions> {
  return { ...options };
}

/** One set of kernels, compiled for each {@link KernelBuild}, in base64. */
export interface KernelBinary {
  /** Requires SIMD. */
  simd: string;
  /** Requires SIMD and relaxed SIMD. */
  relaxed: string;
}

/**
 * Compiled kernels that import only a memory. Packages with their own kernels create one from their
 * binary; all run on the same memory of the wasm backend.
 *
 * @typeParam Exports the functions of the binary; addresses are bytes
 */
export class KernelModule<Exports> {
  private readonly modules = new Map<KernelBuild, WebAssembly.Module>();
  private names: ReadonlySet<string> | undefined;
  private readonly instances = new WeakMap<WasmBackend, Exports>();

  /** @param binary output of the compiler */
  constructor(private readonly binary: KernelBinary) {}

  /**
   * Returns the kernels on the memory of a backend, instantiated at the first call.
   *
   * @throws BackendError when the backend is tfjs's threaded one or WebAssembly has no SIMD here
   */
  of(backend: WasmBackend): Exports {
    return currentRecorder() ? recordingKernels(this) : this.compiled(backend);
  }

  /** The kernels as {@link KernelModule.of} gives them, also while calls are recorded. */
  compiled(backend: WasmBackend): Exports {
    let kernels = this.instances.get(backend);
    if (!kernels) {
      const { memory } = backend.wasm.asm;
      if (!memory) {
        throw new BackendError(
          'the training kernels require the single-threaded wasm backend: call useBackend, or tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false), before the backend starts',
        );
      }
      guardAllocation(backend);
      kernels = this.on(memory);
      this.instances.set(backend, kernels);
    }
    return kernels;
  }

  /** Instantiates the kernels on a memory that is independent of all backends. Throws like {@link kernelBuild}. */
  on(memory: WebAssembly.Memory): Exports {
    return this.instantiate(kernelBuild(), memory);
  }

  /** Whether there is a kernel of that name. */
  has(name: string): boolean {
    this.names ??= new Set(WebAssembly.Module.exports(this.compile(kernelBuild())).map((each) => each.name));
    return this.names.has(name);
  }

  /** The bytes of one build. */
  bytes(build: KernelBuild): Uint8Array<ArrayBuffer> {
    return bytesFromBase64(this.binary[build]);
  }

  /** Instantiates the kernels of one build on a memory. */
  instantiate(build: KernelBuild, memory: WebAssembly.Memory): Exports {
    return new WebAssembly.Instance(this.compile(build), { env: { memory } }).exports as unknown as Exports;
  }

  private compile(build: KernelBuild): WebAssembly.Module {
    let module = this.modules.get(build);
    if (!module) {
      module = new WebAssembly.Module(this.bytes(build));
      this.modules.set(build, module);
    }
    return module;
  }
}

/** The kernels of two modules on the memory of a backend; those of the second go before. */
export function joinKernels<A, B>(
  backend: WasmBackend,
  first: KernelModule<A>,
  second: KernelModule<B>,
): A & B {
  if (!currentRecorder()) return { ...first.of(backend), ...second.of(backend) };
  const pick = (_: object, name: string | symbol) => {
    const module: KernelModule<unknown> = second.has(String(name)) ? second : first;
    return (module.of(backend) as Record<string | symbol, unknown>)[name];
  };
  return new Proxy({}, { get: pick }) as A & B;
}

/** The kernels of this package. */
export const general = new KernelModule<KernelExports>({ simd, relaxed });

/** The kernels of this package on the memory of a backend; see {@link KernelModule.of}. */
export function kernelsOf(backend: WasmBackend): KernelExports {
  return general.of(backend);
}

/** The kernels of this package on a separate memory; see {@link KernelModule.on}. */
export function kernelsOn(memory: WebAssembly.Memory): KernelExports {
  return general.on(memory);
}

/**
 * The fastest build that runs on this machine and computes correctly.
 *
 * @throws BackendError when WebAssembly has no SIMD here
 */
export function kernelBuild(): KernelBuild {
  if (options.revectorize) switchOn("--experimental-wasm-revectorize");
  for (const build of ["relaxed", "simd"] as const) {
    if (build === "relaxed" && !(options.relaxedSimd && hasRelaxedSimd())) continue;
    if (build === "simd" && !WebAssembly.validate(bytesFromBase64(simd))) continue;
    const memory = new WebAssembly.Memory({ initial: 1 });
    if (computesProducts(general.instantiate(build, memory), memory)) return build;
  }
  throw new BackendError(
    "the training kernels need WebAssembly SIMD: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later",
  );
}

function hasRelaxedSimd(): boolean {
  const known = () => WebAssembly.validate(bytesFromBase64(relaxed));
  if (!known()) switchOn("--experimental-wasm-relaxed-simd");
  return known();
}

// V8 flags apply to code compiled after them. Other engines and older versions of Node do not support this.
function switchOn(flag: string): void {
  nodeBuiltin("node:v8")?.setFlagsFromString(flag);
}
