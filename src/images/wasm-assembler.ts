/** Generates small WebAssembly modules: functions over i32 parameters and one exported memory. */

/** Instructions, each a list of bytes; see the WebAssembly specification, chapter 5.4. */
export const op = {
  /** Pushes parameter or local `index`. */
  get: (index: number) => [0x20, index],
  /** Pops into parameter or local `index`. */
  set: (index: number) => [0x21, index],
  /** Pushes a constant. */
  i32: (value: number) => [0x41, ...signed(value)],
  /** i32 addition. */
  add: [0x6a],
  /** i32 unsigned comparison. */
  less: [0x49],
  /** Repeats `body` while the i32 that it leaves on the stack is not 0. */
  repeat: (...body: number[][]) => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b],
  /** Pushes 16 constant bytes. */
  bytes: (values: readonly number[]) => [0xfd, 0x0c, ...values],
  /** Loads 16 bytes from an address, which need not be aligned. */
  load: [0xfd, 0x00, 0, 0],
  /** Stores 16 bytes; takes the address and the bytes. */
  store: [0xfd, 0x0b, 0, 0],
  /** Stores 16 bytes `offset` bytes after the address. */
  storeAt: (offset: number) => [0xfd, 0x0b, 0, ...unsigned(offset)],
  /** Selects bytes of the first vector by the indices in the second; 0 where an index exceeds 15. */
  swizzle: [0xfd, 0x0e],
  /** Selects 16 bytes of two vectors, which are numbered 0 to 31. */
  shuffle: (lanes: readonly number[]) => [0xfd, 0x0d, ...lanes],
  /** Four copies of an i32. */
  splat: [0xfd, 0x11],
  /** Bitwise or. */
  or: [0xfd, 0x50],
  /** Maximum of unsigned bytes. */
  maxBytes: [0xfd, 0x79],
  /** Logical shift of four i32 by an i32. */
  shiftRight: [0xfd, 0xad, 0x01],
  /** Sum of four i32. */
  add4: [0xfd, 0xae, 0x01],
  /** Product of four i32. */
  multiply4: [0xfd, 0xb5, 0x01],
  /** Products of eight signed 16-bit integers, added in pairs: four i32. */
  dot: [0xfd, 0xba, 0x01],
};

/** A function without a result. */
export interface WasmFunction {
  /** Number of i32 parameters. */
  parameters: number;
  /** Number of locals, 16 bytes each, numbered after the parameters. */
  vectors: number;
  /** Instructions of the function. */
  body: readonly (readonly number[])[];
}

/** Bytes of a module that exports `functions` by name and, as `memory`, one memory of `pages` of 64 KiB. */
export function assembleWasm(functions: Readonly<Record<string, WasmFunction>>, pages: number): Uint8Array {
  const all = Object.entries(functions);
  const types = all.map(([, { parameters }]) => [0x60, ...list(Array(parameters).fill([0x7f])), 0]);
  const exports = all.map(([name], i) => [...text(name), 0x00, ...unsigned(i)]);
  const code = all.map(([, { vectors, body }]) => {
    const locals = list(vectors > 0 ? [[...unsigned(vectors), 0x7b]] : []);
    return sized([...locals, ...body.flat(), 0x0b]);
  });
  const section = (id: number, entries: number[][]) => [id, ...sized(list(entries))];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      all.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [[...text("memory"), 0x02, 0], ...exports]),
    ...section(10, code),
  ]);
}

function list(entries: number[][]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function sized(bytes: number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function text(ascii: string): number[] {
  return sized(Array.from(ascii, (character) => character.charCodeAt(0)));
}

// LEB128: seven bits per byte, lowest first; the top bit says that more follow.
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
