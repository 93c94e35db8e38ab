/** Memory of one plan: places are given and taken back while the plan is made, and stay fixed while it runs. */

import type { WasmBackend } from "../wasm/memory/heap.js";
import { guardAllocation } from "../wasm/memory/scratch.js";

const line = 64;
const smallestChunk = 1 << 16;

interface Hole {
  at: number;
  bytes: number;
}

/** Places on the heap of the wasm backend; all are freed together. */
export class PlanMemory {
  private readonly chunks: { allocated: number; bytes: number }[] = [];
  private holes: Hole[] = [];
  private readonly taken = new Map<number, number>();

  constructor(private readonly backend: WasmBackend) {
    guardAllocation(backend);
  }

  /** Bytes of all chunks. */
  get bytes(): number {
    return this.chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Address of at least `bytes` bytes, at the beginning of a cache line. */
  take(bytes: number): number {
    const size = Math.max(line, Math.ceil(bytes / line) * line);
    let best = -1;
    for (const [i, hole] of this.holes.entries()) {
      if (hole.bytes >= size && (best < 0 || hole.bytes < this.holes[best].bytes)) best = i;
    }
    if (best < 0) {
      this.grow(size);
      return this.take(bytes);
    }
    const hole = this.holes[best];
    const at = hole.at;
    if (hole.bytes === size) this.holes.splice(best, 1);
    else this.holes[best] = { at: at + size, bytes: hole.bytes - size };
    this.taken.set(at, size);
    return at;
  }

  /** Gives a place back, for later parts of the plan. Other addresses are left alone. */
  give(at: number): void {
    const bytes = this.taken.get(at);
    if (bytes === undefined) return;
    this.taken.delete(at);
    const sorted = [...this.holes, { at, bytes }].sort((a, b) => a.at - b.at);
    this.holes = [];
    for (const hole of sorted) {
      const last = this.holes.at(-1);
      if (last && last.at + last.bytes === hole.at) last.bytes += hole.bytes;
      else this.holes.push({ ...hole });
    }
  }

  /** Frees everything. Calling it twice is allowed. */
  dispose(): void {
    for (const { allocated } of this.chunks) this.backend.wasm._free(allocated);
    this.chunks.length = 0;
    this.holes = [];
    this.taken.clear();
  }

  private grow(size: number): void {
    // Each chunk is as large as all before it, so that large plans have few.
    const bytes = Math.max(size, smallestChunk, this.bytes);
    const allocated = this.backend.wasm._malloc(bytes + line) >>> 0;
    this.chunks.push({ allocated, bytes: bytes + line });
    this.holes.push({ at: Math.ceil(allocated / line) * line, bytes: Math.floor(bytes / line) * line });
  }
}
