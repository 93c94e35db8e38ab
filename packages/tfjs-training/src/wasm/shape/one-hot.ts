/** One-hot encoding. */

import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, bytesOf, heapOf, wordsOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

interface OneHotAttributes {
  depth: number;
  onValue: number;
  offValue: number;
  dtype: DataType;
}

/**
 * `OneHot`. The stock kernel writes the bits of integers if the output is float32; for booleans, which take one
 * byte, it writes four and so past its memory.
 */
export const oneHot = defineRepair<{ indices: TensorInfo }, OneHotAttributes>("OneHot", (stockOf) => {
  const stock = stockOf("OneHot");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { indices } = inputs;
    if (attrs.dtype !== "float32" && attrs.dtype !== "bool") return stock(call);
    const { depth, onValue, offValue, dtype } = attrs;
    const output = backend.makeOutput([...indices.shape, depth], dtype);
    const heap = dtype === "bool" ? backend.wasm.HEAPU8 : heapOf(backend);
    const ids = wordsOf(backend);
    const from = addressOf(backend, indices);
    const to = bytesOf(backend, output) / heap.BYTES_PER_ELEMENT;
    const rows = sizeOf(indices.shape);
    heap.fill(offValue, to, to + rows * depth);
    for (let row = 0; row < rows; row++) {
      const id = ids[from + row];
      if (id >= 0 && id < depth) heap[to + row * depth + id] = onValue;
    }
    return output;
  };
});
