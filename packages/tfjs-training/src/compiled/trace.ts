/** Records which kernels a function runs, on which values. */

import * as tf from "@tensorflow/tfjs-core";
import type { FlatEntry } from "../optimizers/flat-layout.js";
import type { FusedRule } from "../optimizers/fused-step.js";
import type { ApplyOptions } from "../optimizers/optimizer.js";

/** Types of the elements that compiled steps compute with. */
export type ElementType = "float32" | "int32" | "bool";

/** Where a value comes from. */
export type Origin =
  | { kind: "input"; name: string }
  | { kind: "variable"; variable: tf.Variable }
  | { kind: "constant"; values: Float32Array | Int32Array | Uint8Array }
  | { kind: "result" };

/** The numbers of one or several tensors: reshaped and cloned tensors share them. */
export interface Value {
  readonly id: number;
  readonly size: number;
  readonly dtype: ElementType;
  readonly origin: Origin;
}

/** A value in the shape that a kernel takes it in. */
export interface Shaped {
  readonly value: Value;
  readonly shape: readonly number[];
}

/** One call of a kernel. */
export interface KernelOp {
  readonly kind: "kernel";
  readonly kernel: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Shaped>>;
  /** Whether the kernel takes its inputs as a list; their names are the numbers then. */
  readonly listed: boolean;
  readonly outputs: readonly Shaped[];
}

/** One step of an optimizer, which changes variables and moments in place. */
export interface OptimizerOp {
  readonly kind: "optimizer";
  readonly step: OptimizerStep;
  readonly gradients: readonly Value[];
  readonly weights: readonly Value[];
  readonly after: readonly Value[];
  readonly gradNorm: Value;
  readonly learningRate: Value | number;
  /** The step is left out when this number is above a limit. */
  readonly unless?: { readonly value: Value; readonly above: number };
}

/** New numbers for a variable. */
export interface AssignOp {
  readonly kind: "assign";
  readonly variable: tf.Variable;
  readonly before: Value;
  readonly source: Value;
}

/** Contents of a trace. */
export type TraceOp = KernelOp | OptimizerOp | AssignOp;

/** Description of an optimizer's step for a trace. */
export interface OptimizerStep {
  /** The rule at a learning rate. */
  rule(learningRate: number): FusedRule;
  readonly entries: readonly FlatEntry[];
  readonly variables: readonly tf.Variable[];
  readonly maxGradNorm: number | undefined;
  readonly skipNonFinite: boolean;
  /** The moments at present; they are other tensors after a state was restored. */
  moments(): Readonly<Record<string, tf.Tensor>>;
  /** Steps that a variable has had. */
  steps(name: string): number;
  /** Counts a step that was made. */
  count(): void;
}

interface WasmLike {
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  read(dataId: object): Promise<unknown>;
}

interface Hooked {
  kernelFunc: tf.KernelFunc;
}

let active: Trace | undefined;

/** The trace that is being recorded, if any. */
export function activeTrace(): Trace | undefined {
  return active;
}

/** A recording of one call of a function. */
export class Trace {
  readonly ops: TraceOp[] = [];
  readonly outputs = new Map<string, Shaped>();
  /** Why the function cannot be compiled; empty when it can. */
  readonly obstacles: string[] = [];
  private readonly values = new Map<object, Value>();
  private readonly saved = new Map<tf.Variable, tf.Tensor>();
  private variables: Map<object, tf.Variable> | undefined;
  private depth = 0;
  private count = 0;

  /** The value of a tensor that is an input. */
  input(name: string, { dataId, size, dtype }: tf.Tensor): void {
    this.put(dataId, { size, dtype: dtype as ElementType, origin: { kind: "input", name } });
  }

  /** Records everything that `run` does, and takes back what it does to variables. One trace is recorded at a time. */
  record<Result>(run: () => Result): Result {
    const configs = tf.getKernelsForBackend("wasm");
    const backend = tf.backend() as unknown as WasmLike;
    const { readSync, read } = backend;
    const stock = configs.map(({ kernelFunc }) => kernelFunc);
    const assign = tf.Variable.prototype.assign;
    const trace = this;
    active = this;
    for (const config of configs) (config as Hooked).kernelFunc = this.recording(config);
    backend.readSync = (...given) => {
      this.noteRead(given[0]);
      return readSync.apply(backend, given);
    };
    backend.read = (...given) => {
      this.noteRead(given[0]);
      return read.apply(backend, given);
    };
    tf.Variable.prototype.assign = function (this: tf.Variable, source: tf.Tensor) {
      trace.noteAssign(this, source);
      assign.call(this, source);
    } as typeof assign;
    try {
      return run();
    } finally {
      active = undefined;
      configs.forEach((config, i) => {
        (config as Hooked).kernelFunc = stock[i];
      });
      Object.assign(backend, { readSync, read });
      tf.Variable.prototype.assign = assign;
      for (const [variable, before] of this.saved) {
        variable.assign(before);
        before.dispose();
      }
      this.saved.clear();
    }
  }

  /** Runs something that the trace does not see. */
  unseen<Result>(run: () => Result): Result {
    this.depth++;
    try {
      return run();
    } finally {
      this.depth--;
    }
  }

  /**
   * Records a step of an optimizer, which the caller does not make: the variables get separate memory, with the same
   * values, until the trace ends.
   */
  optimizerStep(
    step: OptimizerStep,
    tensors: { gradients: readonly tf.Tensor[]; gradNorm: tf.Tensor },
    { learningRate, unless }: Pick<ApplyOptions, "learningRate" | "unless">,
  ): void {
    const gradients = tensors.gradients.map((tensor) => this.valueOf(tensor));
    const weights = step.variables.map((variable) => this.valueOf(variable, variable));
    this.unseen(() => {
      for (const variable of step.variables) {
        this.save(variable);
        tf.tidy(() => variable.assign(tf.add(variable, 0)));
      }
    });
    const after = step.variables.map((variable) =>
      this.put(variable.dataId, {
        size: variable.size,
        dtype: "float32",
        origin: { kind: "variable", variable },
      }),
    );
    const gradNorm = this.put(tensors.gradNorm.dataId, {
      size: 1,
      dtype: "float32",
      origin: { kind: "result" },
    });
    const rate = typeof learningRate === "number" ? learningRate : this.valueOf(learningRate);
    this.ops.push({
      kind: "optimizer",
      step,
      gradients,
      weights,
      after,
      gradNorm,
      learningRate: rate,
      unless: unless && { value: this.valueOf(unless.value), above: unless.above },
    });
  }

  /** Records what the function returned. */
  output(name: string, tensor: tf.Tensor): void {
    this.outputs.set(name, { value: this.valueOf(tensor), shape: [...tensor.shape] });
  }

  /** Variables that the function changes. */
  get changedVariables(): ReadonlySet<tf.Variable> {
    const changed = new Set<tf.Variable>();
    for (const op of this.ops) {
      if (op.kind === "assign") changed.add(op.variable);
      else if (op.kind === "optimizer") for (const variable of op.step.variables) changed.add(variable);
    }
    return changed;
  }

  private recording({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc {
    return (call) => {
      if (this.depth > 0 || active !== this) return kernelFunc(call);
      const inputs: Record<string, Shaped> = {};
      for (const [name, tensor] of Object.entries(call.inputs as tf.NamedTensorInfoMap)) {
        if (tensor) inputs[name] = { value: this.valueOf(tensor as tf.Tensor), shape: [...tensor.shape] };
      }
      const made = this.unseen(() => kernelFunc(call));
      const outputs = Array.isArray(made) ? made : [made];
      const known = outputs.every(({ dataId }) => this.values.has(dataId));
      if (known) return made; // another shape of the same numbers
      const attributes = { ...(call.attrs as Record<string, unknown>) };
      const results = outputs.map((output) => ({
        value: this.put(output.dataId, {
          size: tf.util.sizeFromShape(output.shape),
          dtype: output.dtype as ElementType,
          origin: { kind: "result" },
        }),
        shape: [...output.shape],
      }));
      const listed = Array.isArray(call.inputs);
      this.ops.push({ kind: "kernel", kernel: kernelName, attributes, inputs, listed, outputs: results });
      return made;
    };
  }

  private noteRead(dataId: object): void {
    if (this.depth > 0 || active !== this) return;
    const origin = this.values.get(dataId)?.origin.kind;
    if (origin === "constant") return;
    this.obstacles.push(
      "a value was read while the step ran (dataSync, data or arraySync): what follows may depend on it. Return the tensor, and read it outside",
    );
  }

  private noteAssign(variable: tf.Variable, source: tf.Tensor): void {
    if (this.depth > 0 || active !== this) return;
    const before = this.valueOf(variable, variable);
    this.unseen(() => this.save(variable));
    const value = this.valueOf(source);
    this.ops.push({ kind: "assign", variable, before, source: value });
  }

  // Keeps what a variable was before the trace; the clone shares its memory.
  private save(variable: tf.Variable): void {
    if (!this.saved.has(variable)) this.saved.set(variable, tf.keep(tf.clone(variable)));
  }

  private put(dataId: object, value: Omit<Value, "id">): Value {
    const made = { id: this.count++, ...value };
    this.values.set(dataId, made);
    return made;
  }

  private valueOf(
    { dataId, size, shape, dtype }: Pick<tf.Tensor, "dataId" | "shape" | "dtype"> & { size?: number },
    known?: tf.Variable,
  ): Value {
    const value = this.values.get(dataId);
    if (value) return value;
    const described = { size: size ?? tf.util.sizeFromShape(shape), dtype: dtype as ElementType };
    const variable = known ?? this.variableOf(dataId);
    if (variable) return this.put(dataId, { ...described, origin: { kind: "variable", variable } });
    const values = this.unseen(() => (tf.backend() as unknown as WasmLike).readSync(dataId));
    return this.put(dataId, { ...described, origin: { kind: "constant", values } });
  }

  private variableOf(dataId: object): tf.Variable | undefined {
    const known = this.variables?.get(dataId);
    if (known) return known;
    const { registeredVariables } = tf.engine().state;
    this.variables = new Map(
      Object.values(registeredVariables).map((variable) => [variable.dataId, variable]),
    );
    return this.variables.get(dataId);
  }
}

/** Why two traces of one function differ; undefined when they are the same computation. */
export function differenceOf(a: Trace, b: Trace): string | undefined {
  if (a.ops.length !== b.ops.length)
    return `it ran ${a.ops.length} operations in one call and ${b.ops.length} in the next`;
  for (const [i, op] of a.ops.entries()) {
    const other = b.ops[i];
    if (signature(op) !== signature(other))
      return `operation ${i} was ${nameOf(op)} in one call and ${nameOf(other)} in the next, or its attributes or inputs changed`;
    const constant = changedConstant(op, other);
    if (constant)
      return `a constant input "${constant}" of ${nameOf(op)} (operation ${i}) changed between two calls: make it an input of the step, also where it is drawn at random`;
  }
  return undefined;
}

function nameOf(op: TraceOp): string {
  return op.kind === "kernel" ? op.kernel : op.kind;
}

function signature(op: TraceOp): string {
  if (op.kind === "assign") return JSON.stringify(["assign", op.variable.name, op.source.id]);
  if (op.kind === "optimizer") {
    const { step, gradients, weights, after, learningRate } = op;
    const rate = typeof learningRate === "number" ? learningRate : { id: learningRate.id };
    const ids = [gradients, weights, after].map((values) => values.map(({ id }) => id));
    const unless = op.unless && [op.unless.value.id, op.unless.above];
    return JSON.stringify(["optimizer", ids, rate, unless, step.maxGradNorm, step.skipNonFinite]);
  }
  const inputs = Object.entries(op.inputs).map(([name, { value, shape }]) => [
    name,
    value.id,
    value.dtype,
    shape,
  ]);
  return JSON.stringify([op.kernel, op.attributes, inputs]);
}

function changedConstant(a: TraceOp, b: TraceOp): string | undefined {
  if (a.kind !== "kernel" || b.kind !== "kernel") return undefined;
  for (const [name, { value }] of Object.entries(a.inputs)) {
    const [one, other] = [value.origin, b.inputs[name].value.origin];
    if (one.kind !== other.kind) return name;
    if (one.kind !== "constant" || other.kind !== "constant") continue;
    if (one.values.some((number, i) => !Object.is(number, other.values[i]))) return name;
  }
  return undefined;
}
