/** Memory for one operation at a time: all of it is given back at once, and kept for the next one. */

import type { WasmBackend } from "./heap.js";
import { guardAllocation } from "./scratch.js";

// Native vectors that lie across two lines of the cache are read at half the speed; all memory begins with a line.
const lineBytes = 64;
const lineFloats = lineBytes / 4;

/** Memory on the heap of one backend; get it from {@link arenaOf}. */
export class Arena {
  private allocated = 0;
  private block = 0;
  private size = 0;
  private used = 0;
  private readonly overflow: number[] = [];

  constructor(private readonly backend: WasmBackend) {}

  /** Takes all memory back; what did not fit the last time will fit the next time. */
  reset(): void {
    const { wasm } = this.backend;
    if (this.overflow.length > 0) {
      for (const address of this.overflow) wasm._free(address);
      this.overflow.length = 0;
      if (this.allocated) wasm._free(this.allocated);
      this.allocated = 0;
      this.size = 0; // until the larger block is there
      const size = this.used;
      this.allocated = wasm._malloc(size * 4 + lineBytes) >>> 0;
      this.block = lineFrom(this.allocated);
      this.size = size;
    }
    this.used = 0;
  }

  /** Byte address of uninitialised floats, valid until the next reset. */
  floats(count: number): number {
    const rounded = Math.ceil(count / lineFloats) * lineFloats;
    const at = this.used;
    this.used += rounded;
    if (this.used <= this.size && this.overflow.length === 0) return this.block + at * 4;
    const extra = this.backend.wasm._malloc(rounded * 4 + lineBytes) >>> 0;
    this.overflow.push(extra);
    return lineFrom(extra);
  }
}

/** The next address at which a line of the cache begins. */
export function lineFrom(address: number): number {
  return Math.ceil(address / lineBytes) * lineBytes;
}

const arenas = new WeakMap<WasmBackend, Arena>();

/** The arena of a backend, reset. */
export function arenaOf(backend: WasmBackend): Arena {
  let arena = arenas.get(backend);
  if (!arena) {
    guardAllocation(backend);
    arena = new Arena(backend);
    arenas.set(backend, arena);
  }
  arena.reset();
  return arena;
}
