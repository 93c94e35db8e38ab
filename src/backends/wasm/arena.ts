/** Memory for one operation at a time: all of it is given back at once, and kept for the next one. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, type WasmBackend } from "./heap.js";

/** Memory on the heap of one backend; get it from {@link arenaOf}. */
export class Arena {
  private block?: TensorInfo;
  private size = 0;
  private used = 0;
  private readonly overflow: TensorInfo[] = [];

  constructor(private readonly backend: WasmBackend) {}

  /** Takes all memory back; what did not fit the last time will fit the next time. */
  reset(): void {
    const { backend, overflow } = this;
    if (overflow.length > 0) {
      for (const { dataId } of overflow) backend.disposeData(dataId);
      overflow.length = 0;
      if (this.block) backend.disposeData(this.block.dataId);
      this.size = this.used;
      this.block = backend.makeOutput([this.size], "float32");
    }
    this.used = 0;
  }

  /** Byte address of uninitialised floats, on a multiple of 16 bytes; valid until the next reset. */
  floats(count: number): number {
    const rounded = (count + 3) & ~3;
    const at = this.used;
    this.used += rounded;
    if (this.block && this.overflow.length === 0 && this.used <= this.size) {
      return addressOf(this.backend, this.block) * 4 + at * 4;
    }
    const extra = this.backend.makeOutput([rounded], "float32");
    this.overflow.push(extra);
    return addressOf(this.backend, extra) * 4;
  }
}

const arenas = new WeakMap<WasmBackend, Arena>();

/** The arena of a backend, reset. */
export function arenaOf(backend: WasmBackend): Arena {
  let arena = arenas.get(backend);
  if (!arena) {
    arena = new Arena(backend);
    arenas.set(backend, arena);
  }
  arena.reset();
  return arena;
}
