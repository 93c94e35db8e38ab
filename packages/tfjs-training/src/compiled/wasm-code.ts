/** Writes WebAssembly: the instructions that fused loops are made of, and modules around them. */

/** Types of WebAssembly values. */
export const valueTypes = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** Name of a type of WebAssembly values. */
export type ValueType = keyof typeof valueTypes;

const plain = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  return: 0x0f,
  call: 0x10,
  drop: 0x1a,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
  "f32.load": 0x2a,
  "f64.load": 0x2b,
  "f32.store": 0x38,
  "f64.store": 0x39,
  "i32.const": 0x41,
  "f32.const": 0x43,
  "f64.const": 0x44,
  "i32.eqz": 0x45,
  "i32.lt_u": 0x49,
  "f32.lt": 0x5d,
  "f32.gt": 0x5e,
  "i32.add": 0x6a,
  "i32.mul": 0x6c,
  "f32.sqrt": 0x91,
  "f32.add": 0x92,
  "f32.div": 0x95,
  "f32.min": 0x96,
  "f64.add": 0xa0,
  "f64.mul": 0xa2,
  "f64.sqrt": 0x9f,
  "f64.lt": 0x63,
  "f64.gt": 0x64,
  "f64.div": 0xa3,
  select: 0x1b,
  "f32.demote_f64": 0xb6,
  "f64.promote_f32": 0xbb,
} as const;

const vector = {
  "v128.load": 0,
  "v128.load32_splat": 9,
  "v128.store": 11,
  "v128.const": 12,
  "i8x16.shuffle": 13,
  "i32x4.splat": 17,
  "f32x4.splat": 19,
  "i32x4.extract_lane": 27,
  "f32x4.extract_lane": 31,
  "f64x2.extract_lane": 33,
  "i32x4.eq": 55,
  "i32x4.ne": 56,
  "i32x4.lt_s": 57,
  "i32x4.gt_s": 59,
  "i32x4.le_s": 61,
  "i32x4.ge_s": 63,
  "f32x4.eq": 65,
  "f32x4.ne": 66,
  "f32x4.lt": 67,
  "f32x4.gt": 68,
  "f32x4.le": 69,
  "f32x4.ge": 70,
  "v128.not": 77,
  "v128.and": 78,
  "v128.andnot": 79,
  "v128.or": 80,
  "v128.xor": 81,
  "v128.bitselect": 82,
  "v128.load32_lane": 86,
  "v128.store32_lane": 90,
  "f64x2.demote_f32x4_zero": 94,
  "f64x2.promote_low_f32x4": 95,
  "f32x4.ceil": 103,
  "f32x4.floor": 104,
  "f32x4.nearest": 106,
  "i32x4.shl": 171,
  "i32x4.shr_s": 172,
  "i32x4.add": 174,
  "i32x4.sub": 177,
  "i32x4.mul": 181,
  "f32x4.abs": 224,
  "f32x4.neg": 225,
  "f32x4.sqrt": 227,
  "f32x4.add": 228,
  "f32x4.sub": 229,
  "f32x4.mul": 230,
  "f32x4.div": 231,
  "f32x4.min": 232,
  "f32x4.max": 233,
  "f32x4.pmin": 234,
  "f32x4.pmax": 235,
  "f64x2.add": 240,
  "f64x2.mul": 242,
  "i32x4.trunc_sat_f32x4_s": 248,
  "f32x4.convert_i32x4_s": 250,
} as const;

/** An instruction without vectors. */
export type PlainInstruction = keyof typeof plain;

/** A vector instruction. */
export type VectorInstruction = keyof typeof vector;

/** Bytes of a number without sign, in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && !(low & 64)) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

function floatBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** A block of structured code has no result. */
const nothing = 0x40;

/** The code of one function, written instruction by instruction. Addresses are bytes. */
export class WasmFunction {
  /** Encoded instructions. */
  readonly bytes: number[] = [];
  /** Types of the locals; functions have no parameters. */
  readonly locals: ValueType[] = [];

  /** A new local. */
  local(type: ValueType): number {
    return this.locals.push(type) - 1;
  }

  /** An instruction with operands that are whole numbers without sign. */
  op(name: PlainInstruction, ...operands: number[]): this {
    this.bytes.push(plain[name]);
    for (const operand of operands) this.bytes.push(...unsigned(operand));
    return this;
  }

  /** A vector instruction; `lanes` are bytes behind it. */
  vec(name: VectorInstruction, lanes: readonly number[] = []): this {
    this.bytes.push(0xfd, ...unsigned(vector[name]), ...lanes);
    return this;
  }

  /** A vector instruction on memory at an address on the stack plus `offset`. */
  access(name: VectorInstruction, offset = 0, lane?: number): this {
    this.bytes.push(0xfd, ...unsigned(vector[name]), 0, ...unsigned(offset));
    if (lane !== undefined) this.bytes.push(lane);
    return this;
  }

  /** A scalar load or store at an address on the stack plus `offset`. */
  memory(name: PlainInstruction, offset = 0): this {
    this.bytes.push(plain[name], 0, ...unsigned(offset));
    return this;
  }

  /** A relaxed `a * b + c` of the three vectors on the stack. */
  relaxedMadd(): this {
    this.bytes.push(0xfd, ...unsigned(0x105));
    return this;
  }

  get(local: number): this {
    return this.op("local.get", local);
  }

  set(local: number): this {
    return this.op("local.set", local);
  }

  tee(local: number): this {
    return this.op("local.tee", local);
  }

  /** A whole number; addresses above 2 GB are the same 32 bits. */
  i32(value: number): this {
    this.bytes.push(plain["i32.const"], ...signed(value));
    return this;
  }

  f32(value: number): this {
    this.bytes.push(plain["f32.const"], ...floatBytes([value]));
    return this;
  }

  f64(value: number): this {
    this.bytes.push(plain["f64.const"], ...new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  /** A vector of four floats, or of one repeated. */
  floats(...values: number[]): this {
    return this.vec("v128.const", [...floatBytes(values.length === 1 ? Array(4).fill(values[0]) : values)]);
  }

  /** A vector of a double, twice. */
  doubles(value: number): this {
    return this.vec("v128.const", [...new Uint8Array(Float64Array.of(value, value).buffer)]);
  }

  /** A vector of four 32-bit integers, or of one repeated. */
  ints(...values: number[]): this {
    const four = values.length === 1 ? Array(4).fill(values[0]) : values;
    return this.vec("v128.const", [...new Uint8Array(Int32Array.from(four).buffer)]);
  }

  /** Repeats `body` with `index` at `from`, `from + step`, ... below `to`; nothing when there is none. */
  loop(
    index: number,
    { from = 0, to, step }: { from?: number; to: number; step: number },
    body: () => void,
  ): this {
    if (from >= to) return this;
    this.i32(from).set(index);
    if (from + step >= to) {
      body();
      return this;
    }
    this.op("loop", nothing);
    body();
    this.get(index).i32(step).op("i32.add").tee(index).i32(to).op("i32.lt_u").op("br_if", 0);
    return this.op("end");
  }

  /** Runs `body` where the condition on the stack is not 0. */
  when(body: () => void): this {
    this.op("if", nothing);
    body();
    return this.op("end");
  }
}

/** A function of another module. */
export interface ImportedFunction {
  parameters: readonly ValueType[];
  results: readonly ValueType[];
}

/**
 * Encodes a module that imports `env.memory` and the functions `f.0`, `f.1`, ..., and exports the functions `run0`,
 * `run1`, ... that `runs` names by their place among `functions`. In code, functions are numbered with the imported ones first.
 */
export function encodeModule(
  imports: readonly ImportedFunction[],
  functions: readonly WasmFunction[],
  runs: readonly number[],
): Uint8Array<ArrayBuffer> {
  const types = new Map<string, { index: number; bytes: number[] }>();
  const typeOf = (parameters: readonly ValueType[], results: readonly ValueType[]) => {
    const bytes = [0x60];
    for (const list of [parameters, results])
      bytes.push(...unsigned(list.length), ...list.map((t) => valueTypes[t]));
    const key = bytes.join();
    const type = types.get(key) ?? { index: types.size, bytes };
    types.set(key, type);
    return type.index;
  };
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const imported = imports.map(({ parameters, results }, i) => [
    ...text("f"),
    ...text(String(i)),
    0,
    ...unsigned(typeOf(parameters, results)),
  ]);
  const own = typeOf([], []);
  const bodies = functions.map(({ bytes, locals }) => {
    const declared = locals.flatMap((type) => [1, valueTypes[type]]);
    const body = [...unsigned(locals.length), ...declared, ...bytes, plain.end];
    return [...unsigned(body.length), ...body];
  });
  const memory = [...text("env"), ...text("memory"), 2, 0, 1];
  const sections: [id: number, entries: number[][]][] = [
    [1, [...types.values()].map(({ bytes }) => bytes)],
    [2, [memory, ...imported]],
    [3, functions.map(() => unsigned(own))],
    [7, runs.map((place, i) => [...text(`run${i}`), 0, ...unsigned(imports.length + place)])],
    [10, bodies],
  ];
  const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const [id, entries] of sections) {
    const content = [unsigned(entries.length), ...entries].flat();
    out.push(id, ...unsigned(content.length));
    for (const byte of content) out.push(byte);
  }
  return Uint8Array.from(out);
}
