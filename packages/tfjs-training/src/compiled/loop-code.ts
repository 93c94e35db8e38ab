/** The code of one fused loop. */

import { elementFunctions } from "./element-functions.js";
import { isIndex, type LoopMember, type LoopUnit } from "./fuse.js";
import type { Access, Reduction } from "./operations.js";
import type { Value } from "./trace.js";
import { VectorMath } from "./vector-math.js";
import { WasmFunction } from "./wasm-code.js";

/** Memory locations of values. */
export interface LoopMemory {
  /** Byte address of a value's first element. */
  addressOf(value: Value): number;
  /** Whether a value that a loop computes is read outside of it. */
  isStored(value: Value): boolean;
}

// Bytes of the elements of all values: booleans are floats 0 and 1 here.
const bytes = 4;

// Along axes with fewer elements, four at once are not worth it if there is a longer axis.
const fewElements = 8;

// The four lanes of a vector are four indices along one axis, or only the first of them counts.
type Lanes = "four" | "one";

interface Offset {
  local: number;
  strides: readonly number[];
}

interface Accumulator {
  member: LoopMember;
  low: number;
  high: number;
}

/** Writes a loop as a function without parameters. */
export function loopCode(
  unit: LoopUnit,
  memory: LoopMemory,
  { relaxed }: { relaxed: boolean },
): WasmFunction {
  return new LoopWriter(unit, memory, relaxed).write();
}

class LoopWriter {
  private readonly code = new WasmFunction();
  private readonly math: VectorMath;
  private readonly offsets = new Map<string, Offset>();
  private readonly results = new Map<number, number>();
  private readonly hoisted = new Map<string, number>();
  private readonly vectorAxis: number;
  private loads = new Map<string, number>();
  private readonly loadLocals = new Map<string, number>();

  constructor(
    private readonly unit: LoopUnit,
    private readonly memory: LoopMemory,
    relaxed: boolean,
  ) {
    this.math = new VectorMath(this.code, relaxed);
    this.vectorAxis = vectorAxisOf(unit.shape);
  }

  write(): WasmFunction {
    const { unit, code } = this;
    const reduced = unit.reduced ?? unit.shape.map(() => false);
    for (const { args, out } of unit.members) for (const access of [...args, out]) this.prepare(access);
    const axes = unit.shape.map((_, axis) => axis);
    const kept = axes.filter((axis) => !reduced[axis] && axis !== this.vectorAxis);
    const joined = axes.filter((axis) => reduced[axis] && axis !== this.vectorAxis);
    const accumulators = unit.members
      .filter(({ op }) => op.kind === "reduce")
      .map((member) => ({ member, low: code.local("v128"), high: code.local("v128") }));
    const across = this.vectorAxis >= 0 && reduced[this.vectorAxis];
    const rest = () => {
      if (this.vectorAxis < 0 || across) {
        for (const each of accumulators) this.begin(each);
        this.nest(joined, () =>
          across
            ? this.alongVector((lanes) => this.body(lanes, accumulators, true))
            : this.body("one", accumulators, true),
        );
        for (const each of accumulators) this.finish(each, "one", across);
      } else {
        this.alongVector((lanes) => {
          for (const each of accumulators) this.begin(each);
          this.nest(joined, () => this.body(lanes, accumulators, false));
          for (const each of accumulators) this.finish(each, lanes, false);
        });
      }
    };
    this.nest(kept, rest);
    return code;
  }

  // Loops over axes, outermost first.
  private nest(axes: readonly number[], inner: () => void): void {
    const [axis, ...others] = axes;
    if (axis === undefined) {
      inner();
      return;
    }
    const size = this.unit.shape[axis];
    this.code.loop(this.code.local("i32"), { to: size, step: 1 }, () => {
      this.nest(others, inner);
      this.advance(axis, 1);
    });
    this.advance(axis, -size);
  }

  private alongVector(inner: (lanes: Lanes) => void): void {
    const { code, vectorAxis: axis } = this;
    const size = this.unit.shape[axis];
    const whole = size - (size % 4);
    const index = code.local("i32");
    code.loop(index, { to: whole, step: 4 }, () => {
      inner("four");
      this.advance(axis, 4);
    });
    code.loop(index, { from: whole, to: size, step: 1 }, () => {
      inner("one");
      this.advance(axis, 1);
    });
    this.advance(axis, -size);
  }

  // Moves all offsets by `count` indices along an axis.
  private advance(axis: number, count: number): void {
    for (const { local, strides } of this.offsets.values()) {
      const step = strides[axis] * count * bytes;
      if (step !== 0) this.code.get(local).i32(step).op("i32.add").set(local);
    }
  }

  private prepare(access: Access): void {
    const { strides } = access;
    if (strides.every((stride) => stride === 0)) {
      this.hoist(access);
      return;
    }
    const key = offsetKey(access);
    if (this.offsets.has(key)) return;
    const local = this.code.local("i32");
    if (hasNegative(strides)) this.code.i32(this.base(access)).set(local);
    this.offsets.set(key, { local, strides });
  }

  // Values that are the same for all indices and were computed before the loop are loaded once.
  private hoist(access: Access): void {
    const { value } = access;
    const key = accessKey(access);
    if (isIndex(access) || isImmediate(value) || this.hoisted.has(key)) return;
    if (this.unit.members.some(({ out }) => out.value.id === value.id)) return;
    const local = this.code.local("v128");
    this.code.i32(this.base(access)).access("v128.load32_splat");
    if (value.dtype === "bool") this.code.floats(0).vec("f32x4.ne");
    this.code.set(local);
    this.hoisted.set(key, local);
  }

  private base({ value, offset }: Access): number {
    return isIndex({ value }) ? offset * bytes : this.memory.addressOf(value) + offset * bytes;
  }

  private body(lanes: Lanes, accumulators: readonly Accumulator[], horizontal: boolean): void {
    this.loads = new Map();
    for (const member of this.unit.members) {
      const { op } = member;
      if (op.kind === "map") this.compute(member, lanes);
      else this.accumulate(accumulators.find((each) => each.member === member)!, lanes, horizontal);
    }
  }

  private compute(member: LoopMember, lanes: Lanes): void {
    const { op, args, out } = member;
    if (op.kind !== "map") return;
    const { code, math } = this;
    elementFunctions[op.fn]({
      code,
      math,
      numbers: op.numbers,
      arg: (i) => this.operand(args[i], lanes),
    });
    let result = this.results.get(out.value.id);
    if (result === undefined) {
      result = code.local("v128");
      this.results.set(out.value.id, result);
    }
    code.set(result);
    if (this.memory.isStored(out.value)) this.store(out, result, lanes);
  }

  // Puts an element, or four, on the stack.
  private operand(access: Access, lanes: Lanes): WasmFunction {
    const { code } = this;
    const { value } = access;
    const local = this.results.get(value.id);
    if (local !== undefined) return code.get(local);
    if (isIndex(access)) return this.index(access, lanes);
    const { origin } = value;
    if (isImmediate(value) && origin.kind === "constant") {
      const [number] = origin.values;
      if (value.dtype === "float32") return code.floats(number);
      return value.dtype === "int32" ? code.ints(number) : code.ints(number ? -1 : 0);
    }
    const key = accessKey(access);
    const hoisted = this.hoisted.get(key);
    if (hoisted !== undefined) return code.get(hoisted);
    const loaded = this.loads.get(key);
    if (loaded !== undefined) return code.get(loaded);
    const made = this.loadLocals.get(key) ?? code.local("v128");
    this.loadLocals.set(key, made);
    this.load(access, lanes);
    if (value.dtype === "bool") code.floats(0).vec("f32x4.ne");
    code.set(made);
    this.loads.set(key, made);
    return code.get(made);
  }

  private load(access: Access, lanes: Lanes): void {
    const { code } = this;
    const stride = this.vectorAxis < 0 ? 0 : access.strides[this.vectorAxis];
    const [local, base] = this.place(access);
    if (lanes === "one" || stride === 0) {
      code.get(local).access("v128.load32_splat", base);
      return;
    }
    if (stride === 1) {
      code.get(local).access("v128.load", base);
      return;
    }
    const gathered = this.lane;
    code.get(local).access("v128.load32_splat", base).set(gathered);
    for (let lane = 1; lane < 4; lane++) {
      this.at(local, base, lane * stride * bytes, (offset) => {
        code.get(gathered).access("v128.load32_lane", offset, lane).set(gathered);
      });
    }
    code.get(gathered);
  }

  // Puts the address of a lane on the stack; the instruction cannot encode negative distances.
  private at(local: number, base: number, distance: number, access: (offset: number) => void): void {
    this.code.get(local);
    if (distance < 0) this.code.i32(distance).op("i32.add");
    access(base + Math.max(0, distance));
  }

  private store(access: Access, result: number, lanes: Lanes): void {
    const { code } = this;
    const { value } = access;
    let from = result;
    if (value.dtype === "bool") {
      from = this.lane;
      code.get(result).floats(1).vec("v128.and").set(from);
    }
    const stride = this.vectorAxis < 0 ? 0 : access.strides[this.vectorAxis];
    const [local, base] = this.place(access);
    if (lanes === "one") {
      code.get(local).get(from).access("v128.store32_lane", base, 0);
    } else if (stride === 1) {
      code.get(local).get(from).access("v128.store", base);
    } else {
      for (let lane = 0; lane < 4; lane++) {
        this.at(local, base, lane * stride * bytes, (offset) => {
          code.get(from).access("v128.store32_lane", offset, lane);
        });
      }
    }
  }

  private spareLane: number | undefined;
  private get lane(): number {
    this.spareLane ??= this.code.local("v128");
    return this.spareLane;
  }

  private zero: number | undefined;

  // The local with the offset of an access, and what is to be added to it.
  private place(access: Access): [local: number, base: number] {
    const offset = this.offsets.get(offsetKey(access));
    if (!offset) {
      this.zero ??= this.code.local("i32");
      return [this.zero, this.base(access)];
    }
    return [offset.local, hasNegative(access.strides) ? 0 : this.base(access)];
  }

  private index(access: Access, lanes: Lanes): WasmFunction {
    const { code } = this;
    const [local, base] = this.place(access);
    const stride = this.vectorAxis < 0 ? 0 : access.strides[this.vectorAxis];
    code.get(local).i32(base).op("i32.add").vec("i32x4.splat").i32(2).vec("i32x4.shr_s");
    if (lanes === "four" && stride !== 0) code.ints(0, stride, 2 * stride, 3 * stride).vec("i32x4.add");
    return code;
  }

  private begin({ member, low, high }: Accumulator): void {
    const fn = reductionOf(member);
    const start = {
      sum: 0,
      mean: 0,
      max: Number.NEGATIVE_INFINITY,
      min: Number.POSITIVE_INFINITY,
      any: 0,
      all: 1,
    }[fn];
    this.code.floats(start).set(low);
    if (fn === "sum" || fn === "mean") this.code.floats(0).set(high);
  }

  private accumulate({ member, low, high }: Accumulator, lanes: Lanes, horizontal: boolean): void {
    const { code } = this;
    const fn = reductionOf(member);
    this.operand(member.args[0], lanes);
    if (fn === "any" || fn === "all") code.floats(1).vec("v128.and");
    if (fn === "sum" || fn === "mean") {
      // Sums in double precision, two lanes in each of two vectors.
      if (horizontal && lanes === "one") code.ints(-1, 0, 0, 0).vec("v128.and");
      const value = this.lane;
      code.tee(value).vec("f64x2.promote_low_f32x4").get(low).vec("f64x2.add").set(low);
      if (horizontal && lanes === "one") return;
      code.get(value).get(value).vec("i8x16.shuffle", upperHalf).vec("f64x2.promote_low_f32x4");
      code.get(high).vec("f64x2.add").set(high);
      return;
    }
    const join = fn === "max" || fn === "any" ? "f32x4.max" : "f32x4.min";
    if (horizontal && lanes === "one") code.get(low).ints(-1, 0, 0, 0).vec("v128.bitselect");
    code.get(low).vec(join).set(low);
  }

  private finish({ member, low, high }: Accumulator, lanes: Lanes, horizontal: boolean): void {
    const { code } = this;
    const fn = reductionOf(member);
    const result = code.local("v128");
    if (fn === "sum" || fn === "mean") {
      if (horizontal) {
        code.get(low).get(high).vec("f64x2.add").tee(low);
        code.get(low).get(low).vec("i8x16.shuffle", upperHalf).vec("f64x2.add").set(low);
      }
      if (fn === "mean")
        for (const each of [low, high])
          code
            .get(each)
            .doubles(1 / this.terms(member))
            .vec("f64x2.mul")
            .set(each);
      code.get(low).vec("f64x2.demote_f32x4_zero");
      code.get(high).vec("f64x2.demote_f32x4_zero");
      code.vec("i8x16.shuffle", lowerHalves).set(result);
    } else {
      code.get(low).set(result);
      if (horizontal) {
        const join = fn === "max" || fn === "any" ? "f32x4.max" : "f32x4.min";
        code.get(result).get(result).get(result).vec("i8x16.shuffle", upperHalf).vec(join).set(result);
        code.get(result).get(result).get(result).vec("i8x16.shuffle", secondLane).vec(join).set(result);
      }
      if (fn === "any" || fn === "all") code.get(result).floats(0).vec("f32x4.ne").set(result);
    }
    this.store(member.out, result, horizontal ? "one" : lanes);
  }

  private terms({ op }: LoopMember): number {
    if (op.kind !== "reduce") return 1;
    return op.shape.reduce((product, size, axis) => (op.reduced[axis] ? product * size : product), 1);
  }
}

const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const lowerHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const secondLane = [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7];

function reductionOf({ op }: LoopMember): Reduction {
  return op.kind === "reduce" ? op.fn : "sum";
}

/** Whether a value is a constant that can be encoded in the instructions. */
export function isImmediate({ size, origin }: Value): boolean {
  return size === 1 && origin.kind === "constant";
}

function hasNegative(strides: readonly number[]): boolean {
  return strides.some((stride) => stride < 0);
}

function accessKey({ value, offset, strides }: Access): string {
  return `${value.id}:${offset}:${strides}`;
}

// Accesses with equal strides share an offset; those that go backwards have a separate one.
function offsetKey(access: Access): string {
  return hasNegative(access.strides) ? accessKey(access) : String(access.strides);
}

// The innermost axis, or the longest one where that is short.
function vectorAxisOf(shape: readonly number[]): number {
  const last = shape.length - 1;
  if (last < 0) return -1;
  if (shape[last] >= fewElements) return last;
  const longest = shape.indexOf(Math.max(...shape));
  if (shape[longest] >= fewElements) return longest;
  return shape[last] >= 4 ? last : -1;
}
