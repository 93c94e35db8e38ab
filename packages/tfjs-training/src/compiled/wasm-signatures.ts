/** The types of a compiled module's functions. */

import type { ImportedFunction, ValueType } from "./wasm-code.js";

const names: Readonly<Record<number, ValueType>> = { 127: "i32", 125: "f32", 124: "f64", 123: "v128" };

/** Types of the exported functions by name, read from a module's bytes. */
export function signaturesOf(bytes: Uint8Array): ReadonlyMap<string, ImportedFunction> {
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
      shift += 7;
    }
  };
  const types: ImportedFunction[] = [];
  const functions: number[] = [];
  const exported = new Map<string, ImportedFunction>();
  const list = () => Array.from({ length: number() }, () => names[bytes[at++]]);
  const text = () => {
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = number() + at;
    const count = id >= 1 && id <= 7 ? number() : 0;
    for (let i = 0; i < count; i++) {
      if (id === 1) {
        at++; // the form of a function type
        types.push({ parameters: list(), results: list() });
      } else if (id === 3) functions.push(number());
      else if (id === 7) {
        const name = text();
        const kind = bytes[at++];
        const index = number();
        if (kind === 0) exported.set(name, types[functions[index]]);
      }
    }
    at = end;
  }
  return exported;
}
