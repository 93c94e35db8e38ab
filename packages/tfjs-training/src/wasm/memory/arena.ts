/** Memory for one operation at a time: all of it is freed at once, and kept for the next operation. */

import { currentRecorder, type WriteWords } from "../capture.js";
import { heapOf, type WasmBackend } from "./heap.js";
import { guardAllocation } from "./scratch.js";

/** Memory on the heap of one backend; get it from {@link arenaOf}. */
export class Arena {
  private block = 0;
  private size = 0;
  private used = 0;
  private readonly overflow: number[] = [];

  constructor(private readonly backend: WasmBackend) {}

  /** Frees all memory; if it was too small the last time it grows. */
  reset(): void {
    const { wasm } = this.backend;
    if (this.overflow.length > 0) {
      for (const address of this.overflow) wasm._free(address);
      this.overflow.length = 0;
      if (this.block) wasm._free(this.block);
      this.block = 0;
      this.size = 0; // until the larger block is allocated
      const size = this.used;
      this.block = wasm._malloc(size * 4) >>> 0;
      this.size = size;
    }
    this.used = 0;
  }

  /** Byte address of uninitialised floats, valid until the next reset. */
  floats(count: number): number {
    const rounded = (count + 3) & ~3;
    const at = this.used;
    this.used += rounded;
    if (this.used <= this.size && this.overflow.length === 0) return this.block + at * 4;
    const extra = this.backend.wasm._malloc(rounded * 4) >>> 0;
    this.overflow.push(extra);
    return extra;
  }
}

// Memory of the plan that records the kernel.
class RecordedArena extends Arena {
  override reset(): void {}

  override floats(count: number): number {
    return currentRecorder()?.temporary(count * 4) ?? 0;
  }
}

/**
 * Byte address of words that a kernel reads and that depend on sizes and addresses alone. While calls are recorded they
 * are written once, for good.
 */
export function constantWords(backend: WasmBackend, arena: Arena, count: number, write: WriteWords): number {
  const recorder = currentRecorder();
  if (recorder) return recorder.constant(count, write);
  const at = arena.floats(count);
  write(heapOf(backend).buffer, at);
  return at;
}

const arenas = new WeakMap<WasmBackend, Arena>();

/** The arena of a backend, reset. */
export function arenaOf(backend: WasmBackend): Arena {
  if (currentRecorder()) return new RecordedArena(backend);
  let arena = arenas.get(backend);
  if (!arena) {
    guardAllocation(backend);
    arena = new Arena(backend);
    arenas.set(backend, arena);
  }
  arena.reset();
  return arena;
}
