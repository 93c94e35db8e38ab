/** A step of an optimizer as code: global norm, clipping, and the update rule of every variable in place. */

import type { KernelCall } from "../wasm/capture.js";
import { general } from "../wasm/kernel-module.js";
import type { ImportTable } from "./import-table.js";
import { NotPlannable } from "./not-plannable.js";
import type { OptimizerStep, Value } from "./trace.js";
import type { WasmFunction } from "./wasm-code.js";

/** Where a step finds its numbers, and what it calls. Addresses in bytes. */
export interface OptimizerUpdate {
  step: OptimizerStep;
  gradients: { address: number; count: number }[];
  gradNorm: number;
  scale: number;
  calls: KernelCall[];
  slots: { address: number; entry: number; name: string }[];
  learningRate: number | string;
  /** Where it is written whether the step was made. */
  applied: number;
  unless?: { address: number; above: number };
}

/** Writes global norm, clipping, and the rule for every variable, unless the norm is not finite. */
export function optimizerCode(code: WasmFunction, update: OptimizerUpdate, imports: ImportTable): void {
  const { gradients, gradNorm, scale, calls, step, applied, unless } = update;
  const norm = code.local("f64");
  const sum = imports.index(general, "sumOfSquares");
  const apply = () => {
    for (const call of calls) imports.call(code, call);
    code.i32(applied).f32(1).memory("f32.store");
  };
  const change = () => {
    code.f64(0);
    for (const { address, count } of gradients) code.i32(address).i32(count).op("call", sum).op("f64.add");
    code.op("f64.sqrt").op("f32.demote_f64").op("f64.promote_f32").set(norm);
    code.i32(gradNorm).get(norm).op("f32.demote_f64").memory("f32.store");
    const factor = code.local("f64");
    code
      .f64(step.maxGradNorm ?? Number.POSITIVE_INFINITY)
      .get(norm)
      .f64(1e-6)
      .op("f64.add")
      .op("f64.div")
      .set(factor);
    // Compared so that a norm that is not a number stays visible in the weights.
    code.i32(scale).f64(1).get(factor).get(factor).f64(1).op("f64.gt").op("select").op("f32.demote_f64");
    code.memory("f32.store");
    if (!step.skipNonFinite) apply();
    else code.get(norm).f64(Number.POSITIVE_INFINITY).op("f64.lt").when(apply);
  };
  code.i32(applied).f32(0).memory("f32.store");
  if (!unless) {
    change();
    return;
  }
  code.i32(gradNorm).f32(0).memory("f32.store");
  // Compared so that a number that is not one does not stop the step, as in JavaScript.
  code
    .i32(unless.address)
    .memory("f32.load")
    .op("f64.promote_f32")
    .f64(unless.above)
    .op("f64.gt")
    .op("i32.eqz");
  code.when(change);
}

/** Writes the numbers of the rule that differ from step to step. */
export function writeRates(
  update: OptimizerUpdate,
  numbers: Readonly<Record<string, unknown>>,
  floats: Float32Array,
): void {
  const { step, slots, learningRate } = update;
  const rate = typeof learningRate === "number" ? learningRate : (numbers[learningRate] as number);
  const rule = step.rule(rate);
  let [entry, of] = [-1, undefined as Readonly<Record<string, number>> | undefined];
  for (const slot of slots) {
    if (
      slot.entry !== entry &&
      !(
        of &&
        !rule.byName &&
        step.steps(step.entries[entry].name) === step.steps(step.entries[slot.entry].name)
      )
    ) {
      const { name } = step.entries[slot.entry];
      of = rule.numbers(step.steps(name) + 1, name);
    }
    entry = slot.entry;
    floats[slot.address / 4] = (of as Readonly<Record<string, number>>)[slot.name];
  }
}

/** Name of the input that a value is. @throws NotPlannable when it is none */
export function inputName({ origin }: Value): string {
  if (origin.kind === "input") return origin.name;
  throw new NotPlannable(["the learning rate of the optimizer is computed: give it as an input of the step"]);
}
