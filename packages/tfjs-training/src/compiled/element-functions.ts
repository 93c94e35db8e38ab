/** What elementwise operations do to four elements at once. */

import type { VectorMath } from "./vector-math.js";
import type { VectorInstruction, WasmFunction } from "./wasm-code.js";

/** What an element function is written with. */
export interface ElementCode {
  readonly code: WasmFunction;
  readonly math: VectorMath;
  /** Puts an operand on the stack. Booleans are masks: all bits or none. */
  arg(i: number): WasmFunction;
  /** Constants of the operation. */
  readonly numbers: readonly number[];
}

type ElementFunction = (element: ElementCode) => void;

function instruction(name: VectorInstruction, count: number): ElementFunction {
  return ({ arg, code }) => {
    for (let i = 0; i < count; i++) arg(i);
    code.vec(name);
  };
}

const mathematics =
  (name: "exp" | "log" | "tanh" | "sigmoid" | "softplus"): ElementFunction =>
  ({ arg, math }) => {
    arg(0);
    math[name]();
  };

/** By name; each leaves its result on the stack. */
export const elementFunctions: Readonly<Record<string, ElementFunction>> = {
  copy: ({ arg }) => void arg(0),
  number: ({ code, numbers: [value] }) => void code.floats(value),

  add: instruction("f32x4.add", 2),
  sub: instruction("f32x4.sub", 2),
  mul: instruction("f32x4.mul", 2),
  div: instruction("f32x4.div", 2),
  max: instruction("f32x4.max", 2),
  min: instruction("f32x4.min", 2),
  squaredDifference: ({ arg, code }) => {
    arg(0);
    arg(1).vec("f32x4.sub");
    arg(0);
    arg(1).vec("f32x4.sub");
    code.vec("f32x4.mul");
  },

  greater: instruction("f32x4.gt", 2),
  greaterEqual: instruction("f32x4.ge", 2),
  less: instruction("f32x4.lt", 2),
  lessEqual: instruction("f32x4.le", 2),
  equal: instruction("f32x4.eq", 2),
  notEqual: instruction("f32x4.ne", 2),

  and: instruction("v128.and", 2),
  or: instruction("v128.or", 2),
  not: instruction("v128.not", 1),
  isNaN: ({ arg }) => {
    arg(0);
    arg(0).vec("f32x4.ne");
  },
  select: ({ arg }) => {
    arg(1);
    arg(2);
    arg(0).vec("v128.bitselect");
  },

  addInt: instruction("i32x4.add", 2),
  subInt: instruction("i32x4.sub", 2),
  mulInt: instruction("i32x4.mul", 2),
  equalInt: instruction("i32x4.eq", 2),
  notEqualInt: instruction("i32x4.ne", 2),
  greaterInt: instruction("i32x4.gt_s", 2),
  greaterEqualInt: instruction("i32x4.ge_s", 2),
  lessInt: instruction("i32x4.lt_s", 2),
  lessEqualInt: instruction("i32x4.le_s", 2),

  exp: mathematics("exp"),
  log: mathematics("log"),
  tanh: mathematics("tanh"),
  sigmoid: mathematics("sigmoid"),
  softplus: mathematics("softplus"),

  neg: instruction("f32x4.neg", 1),
  abs: instruction("f32x4.abs", 1),
  sqrt: instruction("f32x4.sqrt", 1),
  floor: instruction("f32x4.floor", 1),
  ceil: instruction("f32x4.ceil", 1),
  round: instruction("f32x4.nearest", 1),
  square: ({ arg }) => {
    arg(0);
    arg(0).vec("f32x4.mul");
  },
  rsqrt: ({ arg, code }) => {
    code.floats(1);
    arg(0).vec("f32x4.sqrt").vec("f32x4.div");
  },
  reciprocal: ({ arg, code }) => {
    code.floats(1);
    arg(0).vec("f32x4.div");
  },
  sign: ({ arg }) => {
    arg(0).floats(0).vec("f32x4.gt").floats(1).vec("v128.and");
    arg(0).floats(0).vec("f32x4.lt").floats(-1).vec("v128.and").vec("v128.or");
  },
  relu: ({ arg, code }) => {
    // What is not a number stays so.
    code.floats(0);
    arg(0);
    arg(0).floats(0).vec("f32x4.lt").vec("v128.bitselect");
  },
  relu6: ({ arg }) => void arg(0).floats(0).vec("f32x4.max").floats(6).vec("f32x4.min"),
  elu: ({ arg, math, code }) => {
    arg(0);
    arg(0);
    math.exp();
    code.floats(1).vec("f32x4.sub");
    arg(0).floats(0).vec("f32x4.ge").vec("v128.bitselect");
  },
  clip: ({ arg, numbers: [low, high] }) =>
    void arg(0).floats(low).vec("f32x4.max").floats(high).vec("f32x4.min"),
  step: ({ arg, code, numbers: [alpha] }) => {
    code.floats(1).floats(alpha);
    arg(0).floats(0).vec("f32x4.gt").vec("v128.bitselect");
  },
  leakyRelu: ({ arg, numbers: [alpha] }) => {
    arg(0).floats(alpha).vec("f32x4.mul");
    arg(0);
    arg(0).floats(0).vec("f32x4.lt").vec("v128.bitselect");
  },
  reluGrad: ({ arg }) => {
    arg(0);
    arg(1).floats(0).vec("f32x4.gt").vec("v128.and");
  },

  boolTofloat32: ({ arg }) => void arg(0).floats(1).vec("v128.and"),
  boolToint32: ({ arg }) => void arg(0).ints(1).vec("v128.and"),
  boolTobool: ({ arg }) => void arg(0),
  float32Tobool: ({ arg }) => void arg(0).floats(0).vec("f32x4.ne"),
  float32Toint32: ({ arg }) => void arg(0).vec("i32x4.trunc_sat_f32x4_s"),
  float32Tofloat32: ({ arg }) => void arg(0),
  int32Tobool: ({ arg }) => void arg(0).ints(0).vec("i32x4.ne"),
  int32Tofloat32: ({ arg }) => void arg(0).vec("f32x4.convert_i32x4_s"),
  int32Toint32: ({ arg }) => void arg(0),

  float32OneHot: ({ arg, code, numbers: [on, off] }) => {
    code.floats(on).floats(off);
    arg(0);
    arg(1).vec("i32x4.eq").vec("v128.bitselect");
  },
  int32OneHot: ({ arg, code, numbers: [on, off] }) => {
    code.ints(on).ints(off);
    arg(0);
    arg(1).vec("i32x4.eq").vec("v128.bitselect");
  },
  boolOneHot: ({ arg, code, numbers: [on, off] }) => {
    code.ints(on ? -1 : 0).ints(off ? -1 : 0);
    arg(0);
    arg(1).vec("i32x4.eq").vec("v128.bitselect");
  },
};
