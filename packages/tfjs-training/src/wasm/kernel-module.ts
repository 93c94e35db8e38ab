/** Our compiled kernels, running on the memory of tfjs's wasm backend. */

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

/** How the kernels are compiled. They are compiled at their first use; later changes are for backends made later. */
export interface KernelOptions {
  /**
   * Fused multiply-add, by WebAssembly's relaxed SIMD, where the machine has it; default true. Its sums are
   * rounded less often, so they differ in the last digits from those of a machine without. In Node 20 (20.16
   * or later) it has to be switched on by a flag of V8 for the whole process, which is done here.
   */
  relaxedSimd?: boolean;
  /**
   * Lets V8 join neighbouring 128-bit operations to 256-bit ones by its experimental flag
   * `--experimental-wasm-revectorize`, for the whole process; default false. Node 24 or later on x64: products
   * are then up to 1.5 times as fast.
   */
  revectorize?: boolean;
}

let options: Required<KernelOptions> = { relaxedSimd: true, revectorize: false };

/** Sets how kernels are compiled from here on; what is left out stays. */
export function setKernelOptions(changes: KernelOptions): void {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  options = { ...options, ...Object.fromEntries(given) };
}

/** How kernels are compiled from here on. */
export function kernelOptions(): Required<KernelOptions> {
  return { ...options };
}

/** One set of kernels, compiled for each {@link KernelBuild}, in base64. */
export interface KernelBinary {
  /** Needs SIMD. */
  simd: string;
  /** Needs SIMD and relaxed SIMD. */
  relaxed: string;
}

/**
 * Compiled kernels that import nothing but a memory. Packages with kernels of their own make one from their
 * binary; all run on the same memory of the wasm backend.
 *
 * @typeParam Exports the functions of the binary; addresses are bytes
 */
export class KernelModule<Exports> {
  private readonly modules = new Map<KernelBuild, WebAssembly.Module>();
  private names: ReadonlySet<string> | undefined;
  private readonly instances = new WeakMap<WasmBackend, Exports>();

  /** @param binary what the compiler wrote */
  constructor(private readonly binary: KernelBinary) {}

  /**
   * The kernels on the memory of a backend, instantiated at the first call.
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
          'the training kernels run beside the single-threaded wasm backend: call useBackend, or tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false), before the backend starts',
        );
      }
      guardAllocation(backend);
      kernels = this.on(memory);
      this.instances.set(backend, kernels);
    }
    return kernels;
  }

  /** The kernels on a memory apart from all backends. Throws as {@link kernelBuild} does. */
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

  /** The kernels of one build on a memory. */
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

/** The kernels of this package on a memory of its own; see {@link KernelModule.on}. */
export function kernelsOn(memory: WebAssembly.Memory): KernelExports {
  return general.on(memory);
}

/**
 * The fastest build that this machine runs and that computes rightly.
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

// Flags of V8 count for what is compiled after them. Other engines and older versions of Node have no such way.
function switchOn(flag: string): void {
  nodeBuiltin("node:v8")?.setFlagsFromString(flag);
}
