/** A traced function as code: fused loops, calls of compiled kernels, and memory that is laid out once. */

import * as tf from "@tensorflow/tfjs-core";
import { capture, type KernelCall, NotCapturable, NumberAt, type WriteWords } from "../wasm/capture.js";
import { general, kernelBuild } from "../wasm/kernel-module.js";
import type { WasmBackend } from "../wasm/memory/heap.js";
import { stepRules } from "../wasm/optimizer/optimizer-step.js";
import { isRepaired } from "../wasm/repair.js";
import { fuse, type LoopUnit, type Unit } from "./fuse.js";
import { floatsOf, forget, intsOf, referencesOf } from "./heap-views.js";
import { ImportTable } from "./import-table.js";
import { loopCode } from "./loop-code.js";
import { lower } from "./lower.js";
import { NotPlannable } from "./not-plannable.js";
import { type CallOp, indexValue, type Operation, readsOf, withoutDead, writesOf } from "./operations.js";
import { inputName, type OptimizerUpdate, optimizerCode, writeRates } from "./optimizer-update.js";
import { PlanMemory } from "./plan-memory.js";
import type { OptimizerOp, OptimizerStep, Shaped, Trace, Value } from "./trace.js";
import { encodeModule, WasmFunction } from "./wasm-code.js";

/** Something that a plan does by a call of WebAssembly. */
type Task =
  | { kind: "loop"; code: WasmFunction }
  | { kind: "calls"; calls: KernelCall[] }
  | { kind: "optimizer"; update: OptimizerUpdate };

/** Something that a plan does by JavaScript. */
interface HostCall {
  kernel: string;
  call(): void;
}

/** Size and contents of a plan, for reports. */
export interface PlanSummary {
  /** Kernels that the function ran without a plan. */
  kernels: number;
  /** Fused loops. */
  loops: number;
  /** Compiled kernels that the plan calls from WebAssembly. */
  calls: number;
  /** Names of kernels that it calls from JavaScript, one for each call. */
  hostCalls: string[];
  /** Bytes of memory that the plan holds. */
  bytes: number;
  /** Bytes of its WebAssembly. */
  codeBytes: number;
}

/** One input's place, or one output's. */
export interface Place {
  readonly address: number;
  readonly size: number;
  readonly value: Value;
  readonly shape: readonly number[];
}

interface Watched {
  variable: tf.Variable;
  dataId: object;
  written: boolean;
  trainable: boolean;
}

interface WatchedMoment {
  step: OptimizerStep;
  name: string;
  dataId: object;
}

/** A function that can be run again and again. */
export class Plan {
  readonly inputs = new Map<string, Place>();
  readonly outputs = new Map<string, Place>();
  readonly summary: PlanSummary;
  // For values while they are needed, and for what is written before the code runs.
  private readonly memory: PlanMemory;
  private readonly lasting: PlanMemory;
  private readonly backend = tf.backend() as unknown as WasmBackend;
  private readonly addresses = new Map<number, number>();
  private readonly scratch = new Map<string, { address: number; bytes: number }>();
  private readonly parts: (Task[] | HostCall)[] = [[]];
  private readonly runs: (() => void)[] = [];
  private readonly updates: OptimizerUpdate[] = [];
  private readonly watched: Watched[] = [];
  private readonly moments: WatchedMoment[] = [];
  private readonly infos: tf.TensorInfo[] = [];
  private disposed = false;

  /** @throws NotPlannable with the reasons when the trace has something that no plan can hold */
  constructor(private readonly trace: Trace) {
    const obstacles = [...trace.obstacles];
    const outputs = [...trace.outputs.values()].map(({ value }) => value);
    const operations = withoutDead(lower(trace, obstacles), outputs);
    checkOrder(operations, obstacles);
    if (obstacles.length > 0) throw new NotPlannable([...new Set(obstacles)]);
    const units = fuse(operations);
    this.memory = new PlanMemory(this.backend);
    this.lasting = new PlanMemory(this.backend);
    try {
      this.layOut(units, operations);
      const codeBytes = this.link();
      this.summary = {
        kernels: trace.ops.length,
        loops: units.filter(({ kind }) => kind === "loop").length,
        calls: this.parts
          .flatMap((part) => (Array.isArray(part) ? part : []))
          .reduce((sum, task) => sum + (task.kind === "calls" ? task.calls.length : 0), 0),
        hostCalls: this.parts.flatMap((part) => (Array.isArray(part) ? [] : [part.kernel])),
        bytes: this.memory.bytes + this.lasting.bytes,
        codeBytes,
      };
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Whether all variables are where they were when the plan was made, and those that it changes are not shared. */
  get fits(): boolean {
    for (const { variable, dataId, written } of this.watched) {
      if (variable.dataId !== dataId) return false;
      if (written && referencesOf(this.backend, dataId) > 1) return false;
    }
    return true;
  }

  /** Whether the trace still holds: the optimizers' moments and the variables' `trainable` flags are unchanged. */
  get current(): boolean {
    for (const { variable, trainable } of this.watched) if (variable.trainable !== trainable) return false;
    return this.moments.every(({ step, name, dataId }) => step.moments()[name]?.dataId === dataId);
  }

  /** Gives variables that the plan changes separate memory if it is shared. */
  static unshare(trace: Trace): void {
    const backend = tf.backend() as unknown as WasmBackend;
    for (const variable of trace.changedVariables) {
      if (referencesOf(backend, variable.dataId) > 1) tf.tidy(() => variable.assign(tf.add(variable, 0)));
    }
  }

  /** Runs the function; inputs are in their places, outputs are afterwards. */
  run(numbers: Readonly<Record<string, unknown>>): void {
    const floats = floatsOf(this.backend);
    for (const update of this.updates) writeRates(update, numbers, floats);
    for (const run of this.runs) run();
    const after = floatsOf(this.backend);
    for (const { step, applied } of this.updates) if (after[applied / 4] === 1) step.count();
  }

  /** Frees all memory. Calling it twice is allowed. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const result of this.hostResults.values()) if (result) this.backend.disposeData(result.dataId);
    for (const { dataId } of this.infos) forget(this.backend, dataId);
    this.memory.dispose();
    this.lasting.dispose();
  }

  // Walks through the units in order, with every value's first and last use.
  private layOut(units: readonly Unit[], operations: readonly Operation[]): void {
    const { trace, memory } = this;
    const last = new Map<number, number>();
    const stored = new Set<number>();
    const madeIn = new Map<number, number>();
    units.forEach((unit, i) => {
      const ops = unit.kind === "loop" ? unit.members.map(({ op }) => op) : [unit];
      for (const op of ops) {
        for (const { id } of readsOf(op)) {
          last.set(id, i);
          if (unit.kind !== "loop" || madeIn.get(id) !== i) stored.add(id);
        }
        for (const { id } of writesOf(op)) madeIn.set(id, i);
      }
    });
    for (const { value } of trace.outputs.values()) {
      last.set(value.id, units.length);
      stored.add(value.id);
    }
    this.placeSources(operations);
    units.forEach((unit, i) => {
      if (unit.kind === "loop") this.addLoop(unit, stored);
      else if (unit.kind === "call") this.addCall(unit);
      else this.addOptimizer(unit);
      for (const [id, at] of last) {
        if (at !== i) continue;
        const address = this.addresses.get(id);
        if (address !== undefined) memory.give(address);
      }
    });
    for (const [name, { value, shape }] of trace.outputs) {
      this.outputs.set(name, { address: this.addressOf(value), size: value.size, value, shape });
    }
  }

  // Inputs and constants have places that are never given back, variables their own.
  private placeSources(operations: readonly Operation[]): void {
    const written = new Set(
      operations.flatMap((op) =>
        writesOf(op).flatMap(({ origin }) => (origin.kind === "variable" ? [origin.variable] : [])),
      ),
    );
    const sources = new Map<number, Value>();
    const note = (value: Value) => {
      if (value.origin.kind !== "result" && value !== indexValue) sources.set(value.id, value);
    };
    for (const op of operations) for (const value of [...readsOf(op), ...writesOf(op)]) note(value);
    for (const { value } of this.trace.outputs.values()) note(value);
    for (const op of operations) {
      if (op.kind === "optimizer" && typeof op.learningRate !== "number") note(op.learningRate);
    }
    const seen = new Set<tf.Variable>();
    for (const value of sources.values()) {
      const { id, size, origin } = value;
      if (origin.kind === "variable") {
        const { variable } = origin;
        this.addresses.set(id, this.backend.dataIdMap.get(variable.dataId).memoryOffset);
        if (seen.has(variable)) continue;
        seen.add(variable);
        this.watched.push({
          variable,
          dataId: variable.dataId,
          written: written.has(variable),
          trainable: variable.trainable,
        });
        continue;
      }
      const address = this.lasting.take(size * 4);
      this.addresses.set(id, address);
      if (origin.kind === "constant") {
        const words = value.dtype === "int32" ? intsOf(this.backend) : floatsOf(this.backend);
        words.set(origin.values as Float32Array, address / 4);
      }
      if (origin.kind === "input") this.inputs.set(origin.name, { address, size, value, shape: [] });
    }
  }

  private addressOf(value: Value): number {
    const known = this.addresses.get(value.id);
    if (known !== undefined) return known;
    const address = this.memory.take(value.size * 4);
    this.addresses.set(value.id, address);
    return address;
  }

  private get tasks(): Task[] {
    const part = this.parts[this.parts.length - 1];
    if (Array.isArray(part)) return part;
    const tasks: Task[] = [];
    this.parts.push(tasks);
    return tasks;
  }

  private addLoop(unit: LoopUnit, stored: ReadonlySet<number>): void {
    const isStored = ({ id, origin }: Value) => stored.has(id) || origin.kind === "variable";
    const code = loopCode(
      unit,
      { addressOf: (value) => this.addressOf(value), isStored },
      { relaxed: kernelBuild() === "relaxed" },
    );
    this.tasks.push({ kind: "loop", code });
  }

  private addCall(op: CallOp): void {
    const calls = isRepaired(op.kernel) ? this.captured(op) : undefined;
    if (calls) this.tasks.push({ kind: "calls", calls });
    else this.parts.push(this.hostCall(op));
  }

  // The kernel's calls, on the plan's memory; undefined when it computes in JavaScript as well.
  private captured({ kernel, attributes, inputs, listed, outputs }: CallOp): KernelCall[] | undefined {
    // What a forward pass keeps for the backward one is larger than its shape tells: it stays where it was made.
    const kept = Object.values(inputs).some(
      ({ value }) => value.size === 1 && this.hostResults.has(value.id),
    );
    if (kept) return undefined;
    const calls: KernelCall[] = [];
    const own = new Map<object, number>();
    const { backend, memory } = this;
    const infos = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, this.describe(input)]),
    );
    const makeOutput = (shape: number[], dtype: tf.DataType, offset?: number, values?: unknown) => {
      if (values) throw new NotCapturable("gives numbers that JavaScript has computed");
      const at = offset ?? memory.take(tf.util.sizeFromShape(shape) * 4);
      const info = backend.makeOutput(shape, dtype, at);
      if (offset === undefined) own.set(info.dataId, at);
      this.infos.push(info);
      return info;
    };
    const wasm = Object.create(backend.wasm, {
      HEAPU8: {
        get: () => {
          throw new NotCapturable("reads or writes bytes in JavaScript");
        },
      },
    });
    const recording = Object.create(backend, {
      wasm: { value: wasm },
      makeOutput: { value: makeOutput, writable: true },
      disposeData: { value: () => true },
      incRef: { value: () => undefined },
    }) as WasmBackend;
    const scratch = (purpose: string, bytes: number) => {
      const block = this.scratch.get(purpose);
      if (block && block.bytes >= bytes) return block.address;
      const address = this.lasting.take(bytes);
      this.scratch.set(purpose, { address, bytes });
      return address;
    };
    const { kernelFunc } = tf.getKernel(kernel, "wasm");
    const temporary = (bytes: number) => {
      const at = memory.take(bytes);
      own.set({}, at);
      return at;
    };
    const constant = (count: number, write: WriteWords) => {
      const at = this.lasting.take(count * 4);
      write(backend.wasm.HEAPU8.buffer, at);
      return at;
    };
    try {
      const made = capture({ call: (call) => calls.push(call), scratch, temporary, constant }, () =>
        kernelFunc({
          inputs: inputsOf(infos, listed),
          attrs: attributes as tf.NamedAttrMap,
          backend: recording,
        }),
      );
      const results = Array.isArray(made) ? made : [made];
      for (const [i, { dataId }] of results.entries()) {
        const address = own.get(dataId);
        if (address === undefined) throw new NotCapturable("returns an input");
        this.addresses.set(outputs[i].value.id, address);
        own.delete(dataId);
      }
      for (const address of own.values()) memory.give(address);
      return calls;
    } catch (error) {
      if (!(error instanceof NotCapturable)) throw error;
      for (const address of own.values()) memory.give(address);
      return undefined;
    }
  }

  private describe({ value, shape }: Shaped): tf.TensorInfo {
    const info = this.backend.makeOutput([...shape], value.dtype, this.addressOf(value));
    this.infos.push(info);
    return info;
  }

  // Runs a kernel as it is. What it makes lives until the next run, for kernels that keep more than the shape tells.
  private hostCall({ kernel, attributes, inputs, listed, outputs }: CallOp): HostCall {
    const { backend } = this;
    const sources = Object.entries(inputs).map(([name, { value, shape }]) => ({
      name,
      id: value.id,
      shape: [...shape],
      dtype: value.dtype,
      address: this.addressOf(value),
    }));
    const places = outputs.map(({ value }) => {
      this.hostResults.set(value.id, undefined);
      return { id: value.id, address: this.addressOf(value), bytes: value.size * 4 };
    });
    const { kernelFunc } = tf.getKernel(kernel, "wasm");
    const call = () => {
      const infos: Record<string, tf.TensorInfo> = {};
      // Described again each time: some of tfjs's kernels keep what they have prepared under a tensor's number.
      for (const { name, id, shape, dtype, address } of sources) {
        const kept = this.hostResults.get(id);
        infos[name] = kept ? { ...kept, shape } : backend.makeOutput(shape, dtype, address);
      }
      let made: tf.TensorInfo | tf.TensorInfo[];
      try {
        made = kernelFunc({
          inputs: inputsOf(infos, listed),
          attrs: attributes as tf.NamedAttrMap,
          backend,
        });
      } finally {
        for (const { name, id } of sources)
          if (!this.hostResults.get(id)) forget(backend, infos[name].dataId);
      }
      const results = Array.isArray(made) ? made : [made];
      const heap = backend.wasm.HEAPU8;
      results.forEach((result, i) => {
        const { id, address, bytes } = places[i];
        const from = backend.dataIdMap.get(result.dataId).memoryOffset;
        heap.copyWithin(address, from, from + bytes);
        const before = this.hostResults.get(id);
        if (before) backend.disposeData(before.dataId);
        this.hostResults.set(id, result);
      });
    };
    return { kernel, call };
  }

  private readonly hostResults = new Map<number, tf.TensorInfo | undefined>();

  private addOptimizer({ step, gradients, weights, gradNorm, learningRate, unless }: OptimizerOp): void {
    const norm = this.addressOf(gradNorm);
    const scale = this.lasting.take(4);
    const calls: KernelCall[] = [];
    const slots: OptimizerUpdate["slots"] = [];
    const moments = step.moments();
    for (const [name, { dataId }] of Object.entries(moments)) this.moments.push({ step, name, dataId });
    const rule = step.rule(1);
    const none = () => 0;
    capture({ call: (call) => calls.push(call), scratch: none, temporary: none, constant: none }, () => {
      for (const [entry, { name, offset, size }] of step.entries.entries()) {
        const numbers: Record<string, number> = { ...rule.numbers(1, name) };
        for (const changing of rule.changing) {
          const address = this.lasting.take(4);
          slots.push({ address, entry, name: changing });
          numbers[changing] = new NumberAt(address) as unknown as number;
        }
        const weight = this.addressOf(weights[entry]);
        const moment = (each: string) =>
          moments[each] ? this.backend.dataIdMap.get(moments[each].dataId).memoryOffset + 4 * offset : 0;
        const part = {
          weight,
          gradient: this.addressOf(gradients[entry]),
          out: weight,
          moment,
          count: size,
          scale: new NumberAt(scale) as unknown as number,
        };
        stepRules[rule.kernelName](general.of(this.backend), part, numbers);
      }
    });
    const rate = typeof learningRate === "number" ? learningRate : inputName(learningRate);
    const update: OptimizerUpdate = {
      step,
      gradients: gradients.map((value) => ({ address: this.addressOf(value), count: value.size })),
      gradNorm: norm,
      scale,
      calls,
      slots,
      learningRate: rate,
      applied: this.lasting.take(4),
      unless: unless && { address: this.addressOf(unless.value), above: unless.above },
    };
    this.updates.push(update);
    this.tasks.push({ kind: "optimizer", update });
  }

  // Makes one module of all tasks.
  private link(): number {
    const imports = new ImportTable(this.backend);
    const loops = this.parts.flatMap((part) =>
      Array.isArray(part) ? part.flatMap((task) => (task.kind === "loop" ? [task.code] : [])) : [],
    );
    for (const part of this.parts) if (Array.isArray(part)) for (const task of part) collect(task, imports);
    const runs = this.parts.map((part) => (Array.isArray(part) ? runCode(part, loops, imports) : part));
    const codes = runs.filter((run) => run instanceof WasmFunction);
    const bytes = encodeModule(
      imports.types,
      [...loops, ...codes],
      codes.map((_, i) => loops.length + i),
    );
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.backend.wasm.asm.memory as WebAssembly.Memory },
      f: Object.fromEntries(imports.functions.map((each, i) => [String(i), each])),
    });
    let next = 0;
    for (const run of runs) {
      this.runs.push(
        run instanceof WasmFunction ? (instance.exports[`run${next++}`] as () => void) : run.call,
      );
    }
    return bytes.length;
  }
}

// Everything that a task calls.
function collect(task: Task, imports: ImportTable): void {
  if (task.kind === "loop") return;
  imports.add(task.kind === "calls" ? task.calls : task.update.calls);
  if (task.kind === "optimizer") imports.add([{ module: general, name: "sumOfSquares" }]);
}

function runCode(tasks: readonly Task[], loops: readonly WasmFunction[], imports: ImportTable): WasmFunction {
  const code = new WasmFunction();
  for (const task of tasks) {
    if (task.kind === "loop") code.op("call", imports.types.length + loops.indexOf(task.code));
    else if (task.kind === "calls") for (const call of task.calls) imports.call(code, call);
    else optimizerCode(code, task.update, imports);
  }
  return code;
}

function inputsOf(infos: Record<string, tf.TensorInfo>, listed: boolean): tf.NamedTensorInfoMap {
  return listed ? (Object.values(infos) as unknown as tf.NamedTensorInfoMap) : infos;
}

// Variables change in place: nothing may read their old numbers afterwards.
function checkOrder(operations: readonly Operation[], obstacles: string[]): void {
  const changed = new Set<number>();
  for (const op of operations) {
    if (readsOf(op).some(({ id }) => changed.has(id)))
      obstacles.push("it reads a variable's old value after the variable was changed");
    if (op.kind === "optimizer") for (const { id } of op.weights) changed.add(id);
    else if (op.kind === "map" && op.out.value.origin.kind === "variable") changed.add(op.out.value.id);
  }
}
