/** Converts types. */

import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, bytesOf, heapOf, wordsOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

/** `Cast`. To booleans, the stock kernel keeps the lowest byte of the integer part: 0.5 and 256 become false. */
export const cast = defineRepair<{ x: TensorInfo }, { dtype: DataType }>("Cast", (stockOf) => {
  const stock = stockOf("Cast");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (attrs.dtype !== "bool" || (x.dtype !== "float32" && x.dtype !== "int32")) return stock(call);
    const output = backend.makeOutput(x.shape, "bool");
    const [from, to] = [addressOf(backend, x), bytesOf(backend, output)];
    const values = x.dtype === "int32" ? wordsOf(backend) : heapOf(backend);
    const { HEAPU8: bytes } = backend.wasm;
    for (let i = 0, size = sizeOf(x.shape); i < size; i++) bytes[to + i] = values[from + i] === 0 ? 0 : 1;
    return output;
  };
});
