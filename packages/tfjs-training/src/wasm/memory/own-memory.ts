/** The compiled kernels on a small memory of their own, apart from all backends. */

import type { KernelExports } from "../../../../../src/backends/wasm/kernel-binaries.js";
import { kernelsOn } from "../kernel-module.js";

/** Memory that is filled once and lives as long as its owner. */
export class OwnMemory {
  /** The kernels on this memory. */
  readonly kernels: KernelExports;
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private used = 1024;

  /** @throws BackendError when WebAssembly has no SIMD here */
  constructor() {
    this.kernels = kernelsOn(this.memory);
  }

  /** Takes room for words; returns a byte address. The memory may grow: get {@link OwnMemory.buffer} afterwards. */
  take(words: number): number {
    const at = this.used;
    this.used += (words * 4 + 15) & ~15;
    const missing = this.used - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  /** All of the memory. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Floats at a byte address. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }
}

/** Whether the kernels run here. */
export function hasKernels(): boolean {
  if (known === undefined) {
    try {
      new OwnMemory();
      known = true;
    } catch {
      known = false;
    }
  }
  return known;
}

let known: boolean | undefined;
