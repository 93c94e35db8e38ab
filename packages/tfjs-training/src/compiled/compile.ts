/** Functions of tensors that are traced once and then run without tfjs's engine. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import { sizeOf, type TypedArray } from "../core/state.js";
import type { WasmBackend } from "../wasm/memory/heap.js";
import { floatTensor } from "../wasm/memory/tensor-values.js";
import { floatsOf, intsOf } from "./heap-views.js";
import { NotPlannable } from "./not-plannable.js";
import { type Place, Plan, type PlanSummary } from "./plan.js";
import { activeTrace, differenceOf, Trace } from "./trace.js";

/** Numbers with a shape, instead of a tensor: 32-bit integers stay integers, all others become floats. */
export interface ArrayInput {
  /** The numbers, row by row. */
  values: TypedArray;
  /** Shape. */
  shape: readonly number[];
}

/** What a compiled step takes: tensors, typed arrays with a shape, numbers; undefined for what is left out. */
export type StepInput = tf.Tensor | ArrayInput | number | undefined;

/** Inputs as the function sees them: everything is a tensor, numbers are scalars, or stay numbers where nothing is compiled. */
export type TracedInputs<Inputs> = {
  [Name in keyof Inputs]: Inputs[Name] extends number
    ? tf.Scalar | number
    : Inputs[Name] extends ArrayInput | tf.Tensor
      ? tf.Tensor
      : tf.Tensor | undefined;
};

/** Values of outputs: numbers for scalars, arrays for everything else. */
export type StepValues<Outputs> = {
  [Name in keyof Outputs]: Outputs[Name] extends tf.Scalar ? number : Float32Array;
};

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Name for reports, default `"step"`. */
  name?: string;
  /**
   * Maximum number of plans that are kept, one for each combination of shapes; default 16. The least recently used one
   * is dropped.
   */
  maxPlans?: number;
  /** Whether it is compiled at all, default true; false runs the function as it is. */
  enabled?: boolean;
}

const names = optionNames<CompileOptions>({
  name: true,
  maxPlans: true,
  enabled: true,
});

/** The compilation state of the function for one combination of shapes. */
export interface PlanReport {
  /** Shapes and types of the inputs. */
  signature: string;
  /** `"uncompiled"` where the function runs as it is, for the given reasons. */
  state: "compiled" | "uncompiled";
  /** Why it is not compiled; empty otherwise. */
  reasons: readonly string[];
  /** What the plan consists of, once there is one. */
  plan?: PlanSummary;
}

/** Result of {@link CompiledStep.report}. */
export interface CompileReport {
  /** Name of the step. */
  name: string;
  /** Calls so far. */
  calls: number;
  /** Calls that ran a plan. */
  compiledCalls: number;
  /** One for each combination of shapes that is remembered. */
  plans: readonly PlanReport[];
}

/** A function made by {@link compile}. */
export interface CompiledStep<Inputs, Outputs extends Record<string, tf.Tensor>> {
  /** Runs the step. The caller owns the tensors. */
  (inputs: Inputs): Outputs;
  /**
   * Runs the step and returns the outputs' values: numbers for scalars, arrays for everything else. The object and its
   * arrays are overwritten by the next call. On webgpu, which can only be read asynchronously, a promise.
   */
  read(inputs: Inputs): StepValues<Outputs> | Promise<StepValues<Outputs>>;
  /** The compilation state of the function, with reasons. */
  report(): CompileReport;
  /** Frees all plans. The step must not be called any more. */
  dispose(): void;
}

interface Entry {
  names: readonly string[];
  shapes: readonly (readonly number[])[];
  dtypes: readonly string[];
  trace?: Trace;
  plan?: Plan;
  moves: number;
  reasons: readonly string[];
  values?: Record<string, number | Float32Array>;
}

// Two equal traces in a row make a plan. The first may differ, where a model makes its weights at the first call.
const mostAttempts = 4;
// A step whose variables move before this many calls in a row is faster uncompiled.
const mostMoves = 25;

/**
 * Makes a function of tensors fast. At the first call with inputs of some shapes the function runs at least twice to
 * record which kernels it runs, without effect on variables and optimizers. A plan is made of that: fused loops and
 * calls of the compiled kernels, with memory laid out once. This call and all later ones run the plan, without tfjs,
 * so that a program that was stopped and goes on computes the same bit for bit. The function may take gradients, make
 * steps with an optimizer of this package and assign variables. Everything that changes between calls must be
 * an input: what the function reads from elsewhere is part of the plan.
 *
 * Only the wasm backend compiles; on others the function runs as it is, and so it does where it reads values
 * (`dataSync`) or its shapes depend on values: {@link CompiledStep.report} says why.
 *
 * @param fn gets the inputs as tensors and returns a record of tensors
 * @throws InvalidArgumentError when an option is unknown, or an input is not a tensor, array with a shape, or number
 *
 * @example
 * ```ts
 * const optimizer = new Adam();
 * const variables = { w: tf.variable(tf.zeros([3, 1])) };
 * const step = compile((batch: TracedInputs<{ x: ArrayInput; y: ArrayInput; learningRate: number }>) =>
 *   optimizer.minimize(() => tf.losses.meanSquaredError(batch.y, tf.matMul(batch.x, variables.w)), variables, {
 *     learningRate: batch.learningRate,
 *   }),
 * );
 * const { loss } = await step.read({ x: { values: x, shape: [8, 3] }, y: { values: y, shape: [8, 1] }, learningRate: 1e-3 });
 * ```
 */
export function compile<
  Inputs extends { [Name in keyof Inputs]: StepInput },
  Outputs extends Record<string, tf.Tensor>,
>(
  fn: (inputs: TracedInputs<Inputs>) => Outputs,
  options: CompileOptions = {},
): CompiledStep<Inputs, Outputs> {
  checkOptions("compile", options, names);
  const compiler = new Compiler<Inputs, Outputs>(fn, options);
  const step = (inputs: Inputs) => compiler.call(inputs);
  return Object.assign(step, {
    read: (inputs: Inputs) => compiler.read(inputs),
    report: () => compiler.report(),
    dispose: () => compiler.dispose(),
  });
}

class Compiler<Inputs, Outputs extends Record<string, tf.Tensor>> {
  private readonly entries: Entry[] = [];
  private backend: object | undefined;
  private calls = 0;
  private compiledCalls = 0;
  private disposed = false;

  constructor(
    private readonly fn: (inputs: TracedInputs<Inputs>) => Outputs,
    private readonly options: CompileOptions,
  ) {}

  call(inputs: Inputs): Outputs {
    const plan = this.ready(inputs)?.plan;
    if (!plan) return this.runPlain(inputs);
    this.runPlan(plan, inputs);
    return Object.fromEntries([...plan.outputs].map(([name, place]) => [name, tensorAt(place)])) as Outputs;
  }

  read(inputs: Inputs): StepValues<Outputs> | Promise<StepValues<Outputs>> {
    const entry = this.ready(inputs);
    if (!entry?.plan) {
      const outputs = this.runPlain(inputs);
      return tf.getBackend() === "webgpu" ? readLater(outputs) : readNow(outputs);
    }
    this.runPlan(entry.plan, inputs);
    entry.values ??= {};
    for (const [name, place] of entry.plan.outputs) entry.values[name] = valuesAt(place, entry.values[name]);
    return entry.values as StepValues<Outputs>;
  }

  report(): CompileReport {
    const { name = "step" } = this.options;
    const plans = this.entries.map(({ names, shapes, dtypes, plan, reasons }): PlanReport => {
      const signature = names.map((each, i) => `${each}: ${dtypes[i]}[${shapes[i]}]`).join(", ");
      return {
        signature,
        state: plan ? "compiled" : "uncompiled",
        reasons,
        ...(plan && { plan: plan.summary }),
      };
    });
    return { name, calls: this.calls, compiledCalls: this.compiledCalls, plans };
  }

  dispose(): void {
    this.disposed = true;
    for (const { plan } of this.entries) plan?.dispose();
    this.entries.length = 0;
  }

  // The entry of these inputs, with a plan that fits if there can be one; undefined where nothing is compiled.
  private ready(inputs: Inputs): Entry | undefined {
    if (this.disposed)
      throw new InvalidStateError(`${this.options.name ?? "the step"} was called after dispose`);
    this.calls++;
    if (this.options.enabled === false || tf.getBackend() !== "wasm" || activeTrace()) return undefined;
    if (this.backend !== tf.backend()) {
      // The memory of plans went with the backend that they were made for.
      this.entries.length = 0;
      this.backend = tf.backend();
    }
    const entry = this.entryOf(inputs);
    if (entry.reasons.length > 0) return undefined;
    const { plan, trace } = entry;
    if (plan && !plan.current) {
      // Moments were restored, or variables frozen or unfrozen: the trace no longer holds.
      plan.dispose();
      entry.plan = undefined;
      entry.trace = undefined;
    } else if (plan && !plan.fits) {
      plan.dispose();
      entry.plan = undefined;
      entry.moves++;
      if (entry.moves > mostMoves) {
        entry.reasons = ["its variables are replaced between the calls, by assign or dispose"];
      } else this.plan(entry, trace as Trace);
    } else entry.moves = 0;
    if (!entry.plan && entry.reasons.length === 0) this.trace(entry, inputs);
    return entry;
  }

  private entryOf(inputs: Inputs): Entry {
    const { entries } = this;
    for (let i = 0; i < entries.length; i++) {
      if (!matches(entries[i], inputs as Record<string, StepInput>)) continue;
      if (i > 0) entries.unshift(...entries.splice(i, 1));
      return entries[0];
    }
    const given = Object.entries(inputs as Record<string, StepInput>).filter(
      ([, value]) => value !== undefined,
    );
    const entry: Entry = {
      names: given.map(([name]) => name),
      shapes: given.map(([name, value]) => [...shapeOf(name, value)]),
      dtypes: given.map(([, value]) => dtypeOf(value)),
      moves: 0,
      reasons: [],
    };
    entries.unshift(entry);
    for (const { plan } of entries.splice(this.options.maxPlans ?? 16)) plan?.dispose();
    return entry;
  }

  private runPlain(inputs: Inputs): Outputs {
    return tf.tidy(() => this.fn(inputTensors(inputs as never)));
  }

  // Traces until two traces are equal.
  private trace(entry: Entry, inputs: Inputs): void {
    let difference = "";
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const trace = this.traced(inputs);
      if (trace.obstacles.length > 0) {
        entry.reasons = [...new Set(trace.obstacles)];
        return;
      }
      const changed = entry.trace ? differenceOf(entry.trace, trace) : "";
      entry.trace = trace;
      if (changed === undefined) {
        this.plan(entry, trace);
        return;
      }
      difference = changed;
    }
    entry.reasons = [difference];
  }

  private traced(inputs: Inputs): Trace {
    const trace = new Trace();
    const outputs = tf.tidy(() => {
      const given: [string, tf.Tensor | undefined][] = [];
      for (const [name, value] of Object.entries(inputs as Record<string, StepInput>)) {
        const tensor = typeof value === "number" ? tf.scalar(value) : tensorOf(value);
        if (tensor) trace.input(name, tensor);
        given.push([name, tensor]);
      }
      const made = trace.record(() => this.fn(Object.fromEntries(given) as TracedInputs<Inputs>));
      trace.unseen(() => {
        for (const [name, tensor] of Object.entries(made)) trace.output(name, tensor);
      });
      return made;
    });
    tf.dispose(outputs);
    return trace;
  }

  private plan(entry: Entry, trace: Trace): void {
    try {
      Plan.unshare(trace);
      entry.plan = new Plan(trace);
    } catch (error) {
      if (!(error instanceof NotPlannable)) throw error;
      entry.reasons = error.reasons;
    }
  }

  private runPlan(plan: Plan, inputs: Inputs): void {
    const given = inputs as Record<string, StepInput>;
    const backend = this.backend as WasmBackend;
    for (const [name, place] of plan.inputs) write(backend, place, given[name]);
    plan.run(given);
    this.compiledCalls++;
  }
}

function matches({ names, shapes, dtypes }: Entry, inputs: Record<string, StepInput>): boolean {
  let found = 0;
  for (const name in inputs) {
    const value = inputs[name];
    if (value === undefined) continue;
    const i = names[found] === name ? found : names.indexOf(name);
    if (i < 0 || dtypes[i] !== dtypeOf(value)) return false;
    const [shape, expected] = [shapeOf(name, value), shapes[i]];
    if (shape.length !== expected.length) return false;
    for (let axis = 0; axis < shape.length; axis++) if (shape[axis] !== expected[axis]) return false;
    found++;
  }
  return found === names.length;
}

const scalar: readonly number[] = [];

function shapeOf(name: string, value: StepInput): readonly number[] {
  if (typeof value === "number") return scalar;
  if (value && Array.isArray(value.shape)) return value.shape;
  throw new InvalidArgumentError(
    name,
    `expected a tensor, { values, shape } or a number, received ${String(value)}`,
  );
}

function dtypeOf(value: StepInput): string {
  if (typeof value === "number") return "float32";
  if (value instanceof tf.Tensor) return value.dtype;
  return value && holdsIntegers(value.values) ? "int32" : "float32";
}

function holdsIntegers(values: TypedArray): values is Int32Array | Uint32Array {
  return values instanceof Int32Array || values instanceof Uint32Array;
}

function tensorOf(value: tf.Tensor | ArrayInput | undefined): tf.Tensor | undefined {
  if (value === undefined || value instanceof tf.Tensor) return value;
  const { values, shape } = value;
  const size = sizeOf(shape);
  if (values.length !== size) throw wrongCount(size, values.length);
  if (holdsIntegers(values)) return tf.tensor(Int32Array.from(values), [...shape], "int32");
  if (values instanceof Float64Array) return tf.tensor(Float32Array.from(values), [...shape], "float32");
  return floatTensor(values, shape);
}

/**
 * Inputs as the function of a step sees them where it is not compiled: arrays as tensors, which the caller owns, numbers
 * as they are.
 */
export function inputTensors<Inputs extends { [Name in keyof Inputs]: StepInput }>(
  inputs: Inputs,
): TracedInputs<Inputs> {
  const given = Object.entries(inputs as Record<string, StepInput>).map(([name, value]) => [
    name,
    typeof value === "number" ? value : tensorOf(value),
  ]);
  return Object.fromEntries(given) as TracedInputs<Inputs>;
}

function wrongCount(expected: number, received: number): InvalidArgumentError {
  return new InvalidArgumentError(
    "values",
    `expected ${expected} numbers, as the shape says, received ${received}`,
  );
}

function write(backend: WasmBackend, { address, size, value: { dtype } }: Place, value: StepInput): void {
  const words = dtype === "int32" ? intsOf(backend) : floatsOf(backend);
  if (typeof value === "number") {
    words[address / 4] = value;
    return;
  }
  if (value instanceof tf.Tensor) {
    if (dtype === "bool") {
      const values = value.dataSync();
      for (let i = 0; i < size; i++) words[address / 4 + i] = values[i];
      return;
    }
    const from = tensorAddress(backend, value);
    words.copyWithin(address / 4, from / 4, from / 4 + size);
    return;
  }
  const { values } = value as ArrayInput;
  if (values.length !== size) throw wrongCount(size, values.length);
  words.set(values, address / 4);
}

// Reading the address moves a tensor of another backend here.
function tensorAddress(backend: WasmBackend, { dataId }: tf.Tensor): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

function tensorAt({ address, size, value: { dtype }, shape }: Place): tf.Tensor {
  const backend = tf.backend() as unknown as WasmBackend;
  const at = address / 4;
  if (dtype === "int32") return tf.tensor(intsOf(backend).slice(at, at + size), [...shape], "int32");
  const values = floatsOf(backend).slice(at, at + size);
  return dtype === "bool"
    ? tf.tensor(Uint8Array.from(values), [...shape], "bool")
    : tf.tensor(values, [...shape], "float32");
}

function valuesAt(
  { address, size, value: { dtype }, shape }: Place,
  before: number | Float32Array | undefined,
): number | Float32Array {
  const backend = tf.backend() as unknown as WasmBackend;
  const words = dtype === "int32" ? intsOf(backend) : floatsOf(backend);
  const at = address / 4;
  if (shape.length === 0) return words[at];
  const values = before instanceof Float32Array ? before : new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = words[at + i];
  return values;
}

function readNow<Outputs extends Record<string, tf.Tensor>>(outputs: Outputs): StepValues<Outputs> {
  const read = Object.entries(outputs).map(([name, tensor]) => {
    const values = tensor.dataSync();
    return [name, tensor.rank === 0 ? values[0] : Float32Array.from(values)];
  });
  tf.dispose(outputs);
  return Object.fromEntries(read) as StepValues<Outputs>;
}

async function readLater<Outputs extends Record<string, tf.Tensor>>(
  outputs: Outputs,
): Promise<StepValues<Outputs>> {
  const entries = Object.entries(outputs);
  const all = await Promise.all(entries.map(([, tensor]) => tensor.data()));
  const read = entries.map(([name, { rank }], i) => [
    name,
    rank === 0 ? all[i][0] : Float32Array.from(all[i]),
  ]);
  tf.dispose(outputs);
  return Object.fromEntries(read) as StepValues<Outputs>;
}
