/** The memory of the wasm backend, also while the calls of kernels are recorded. */

import type { WasmBackend } from "../wasm/memory/heap.js";

let floats: Float32Array = new Float32Array(0);
let ints: Int32Array = new Int32Array(0);

/** The heap as floats; unlike `heapOf` also while calls are recorded. */
export function floatsOf({ wasm }: WasmBackend): Float32Array {
  const { buffer } = wasm.HEAPU8;
  if (floats.buffer !== buffer) floats = new Float32Array(buffer);
  return floats;
}

/** The heap as integers; unlike `wordsOf` also while calls are recorded. */
export function intsOf({ wasm }: WasmBackend): Int32Array {
  const { buffer } = wasm.HEAPU8;
  if (ints.buffer !== buffer) ints = new Int32Array(buffer);
  return ints;
}

/** How many tensors share some memory. */
export function referencesOf(backend: WasmBackend, dataId: object): number {
  return (backend as unknown as { refCount(dataId: object): number }).refCount(dataId);
}

/** Takes a description of memory out of tfjs's tables without freeing the memory. */
export function forget(backend: WasmBackend, dataId: object): void {
  const { dataIdMap, wasm } = backend as unknown as {
    dataIdMap: {
      has(dataId: object): boolean;
      get(dataId: object): { id: number };
      delete(dataId: object): boolean;
    };
    wasm: { tfjs: { disposeData(id: number): void } };
  };
  if (!dataIdMap.has(dataId)) return;
  wasm.tfjs.disposeData(dataIdMap.get(dataId).id);
  dataIdMap.delete(dataId);
}
