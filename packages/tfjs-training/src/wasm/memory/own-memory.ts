/** Runs the compiled kernels on a small separate memory, independent of all backends. */

import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOn } from "../kernel-module.js";

/** Memory that is allocated once and lives as long as its owner. */
export class OwnMemory<Kernels = KernelExports> {
  /** The kernels on this memory. */
  readonly kernels: Kernels;
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private used = 1024;

  /**
   * @param instantiate instantiates kernels on the memory, e.g. `kernelsOn`
   * @throws BackendError when WebAssembly has no SIMD here
   */
  constructor(instantiate: (memory: WebAssembly.Memory) => Kernels) {
    this.kernels = instantiate(this.memory);
  }

  /** Allocates words; returns a byte address. The memory may grow: get {@link OwnMemory.buffer} afterwards. */
  take(words: number): number {
    const at = this.used;
    this.used += (words * 4 + 15) & ~15;
    const missing = this.used - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  /** The whole memory. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Floats at a byte address. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }
}

/** Whether the kernels run on this machine. */
export function hasKernels(): boolean {
  if (known === undefined) {
    try {
      new OwnMemory(kernelsOn);
      known = true;
    } catch {
      known = false;
    }
  }
  return known;
}

let known: boolean | undefined;
