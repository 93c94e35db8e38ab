/** Base class of all optimizers: one vector of all variables, moments by name, clipping, state. */

import * as tf from "@tensorflow/tfjs-core";
import { activeTrace, type Trace } from "../compiled/trace.js";
import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../core/errors.js";
import type { StateRecord, StateTree } from "../core/state.js";
import { checkMaxNorm, clipFactor } from "./clip-by-global-norm.js";
import { FlatLayout } from "./flat-layout.js";
import { applyFused, type FusedRule, globalNorm, hasFusedStep } from "./fused-step.js";
import { minimizeWith } from "./minimize.js";
import {
  type ApplyOptions,
  type ApplyResult,
  applyNames,
  byName,
  type LossAndMetrics,
  type MinimizeOptions,
  type Optimizer,
  type StepMetrics,
  type TensorsByName,
} from "./optimizer.js";

/** Arguments of an update rule; all vectors have one element for each weight. */
export interface FlatStep {
  /** Gradient, clipped. */
  gradient: tf.Tensor;
  /** Squared gradient. */
  squared: tf.Tensor;
  /** Moments before the step, by name. */
  moments: Readonly<Record<string, tf.Tensor1D>>;
  /** Learning rate. */
  learningRate: number;
  /**
   * Computes a number for each variable from its number of steps, including this one, and its name: a scalar
   * if all are equal, otherwise a vector.
   */
  perStep(f: (steps: number, name: string) => number): tf.Tensor;
}

/** Result of an update rule. */
export interface FlatUpdate {
  /** Update, subtracted from the weights. */
  decrease: tf.Tensor;
  /** Factor applied to the weights before the update, e.g. for weight decay; default 1. */
  keep?: tf.Tensor;
  /** Moments after the step, under the same names. */
  moments: Record<string, tf.Tensor1D>;
}

interface RateOptions extends ApplyOptions {
  learningRate: number;
}

// Without weights if a gradient was not finite and the step is skipped.
interface StepResult {
  gradNorm: tf.Scalar;
  weights?: tf.Tensor[];
}

interface Remembered {
  steps: number;
  moments: Record<string, Float32Array>;
}

/** Base class of all optimizers; subclasses implement the update rule. */
export abstract class FlatOptimizer implements Optimizer {
  private layout: FlatLayout | undefined;
  private moments: Record<string, tf.Tensor1D> = {};
  private readonly steps = new Map<string, number>();
  // Moments of variables that are not in the current layout, e.g. after setState.
  private remembered = new Map<string, Remembered>();
  private readonly constants = new Map<number, tf.Scalar>();
  private disposed = false;

  /**
   * @param kind name of the algorithm in saved states
   * @param initialMoments names of the moments, and their initial values
   */
  protected constructor(
    private readonly kind: string,
    private readonly initialMoments: Readonly<Record<string, number>>,
  ) {}

  /** The update rule; called within `tf.tidy`. */
  protected abstract update(step: FlatStep): FlatUpdate;

  /** The update rule as one fused step, for backends that have a kernel for it; default none. */
  protected fused?(learningRate: number): FusedRule;

  /** Returns a number as a tensor that is created once and kept: creating one costs more than a small addition. */
  protected constant(value: number): tf.Scalar {
    let tensor = this.constants.get(value);
    if (!tensor) {
      tensor = tf.keep(tf.scalar(value));
      this.constants.set(value, tensor);
    }
    return tensor;
  }

  /** Exponential moving average: `decay old + (1 - decay) now`. */
  protected average(old: tf.Tensor1D, now: tf.Tensor, decay: number): tf.Tensor1D {
    return tf.add(tf.mul(old, this.constant(decay)), tf.mul(now, this.constant(1 - decay)));
  }

  /** @inheritDoc */
  applyGradients(
    gradients: TensorsByName<tf.Tensor>,
    variables: TensorsByName<tf.Variable>,
    options: ApplyOptions,
  ): ApplyResult {
    checkOptions("applyGradients", options, applyNames);
    const trace = activeTrace();
    return trace
      ? this.applyTraced(trace, gradients, variables, options)
      : this.apply(gradients, variables, options);
  }

  // Records a step without making it: the plan that comes of the trace makes it.
  private applyTraced(
    trace: Trace,
    gradients: TensorsByName<tf.Tensor>,
    variables: TensorsByName<tf.Variable>,
    options: ApplyOptions,
  ): ApplyResult {
    const { learningRate, maxGradNorm, skipNonFinite = false, unless } = options;
    this.check(
      trace.unseen(() => numberOf(learningRate)),
      maxGradNorm,
    );
    const named = byName(variables);
    const layout = trace.unseen(() => this.prepare(named));
    const { entries } = layout;
    const rule = this.fused?.(1);
    if (!rule || !hasFusedStep(rule)) trace.obstacles.push("the optimizer has no fused rule");
    const ordered = layout.inOrder(byName(gradients), "gradients");
    const gradNorm = trace.unseen(() => (rule ? globalNorm(ordered) : tf.scalar(0)));
    trace.optimizerStep(
      {
        rule: (rate) => this.fused?.(rate) as FusedRule,
        entries,
        variables: layout.inOrder(named, "variables"),
        maxGradNorm,
        skipNonFinite,
        moments: () => this.moments,
        steps: (name) => this.steps.get(name) ?? 0,
        count: () => {
          for (const { name } of entries) this.steps.set(name, (this.steps.get(name) ?? 0) + 1);
        },
      },
      { gradients: ordered, gradNorm },
      { learningRate, unless },
    );
    return { gradNorm, applied: true };
  }

  private check(learningRate: number, maxGradNorm: number | undefined): void {
    if (this.disposed) throw new InvalidStateError("applyGradients was called after dispose");
    if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(
        "learningRate",
        `expected a number of 0 or more, received ${learningRate}`,
      );
    }
    if (maxGradNorm !== undefined) checkMaxNorm("maxGradNorm", maxGradNorm);
  }

  private apply(
    gradients: TensorsByName<tf.Tensor>,
    variables: TensorsByName<tf.Variable>,
    { learningRate: rate, maxGradNorm, skipNonFinite = false, unless }: ApplyOptions,
  ): ApplyResult {
    const learningRate = numberOf(rate);
    this.check(learningRate, maxGradNorm);
    const named = byName(variables);
    const layout = this.prepare(named);
    if (unless && unless.value.dataSync()[0] > unless.above)
      return { gradNorm: tf.scalar(0), applied: false };
    const rule = this.fused?.(learningRate);
    const given = byName(gradients);
    return tf.tidy(() => {
      const { gradNorm, weights } =
        rule && hasFusedStep(rule)
          ? this.fusedStep(rule, layout, given, named, { maxGradNorm, skipNonFinite })
          : this.composedStep(layout, given, named, { learningRate, maxGradNorm, skipNonFinite });
      if (!weights) return { gradNorm, applied: false };
      for (const [i, { name }] of layout.entries.entries()) {
        named.get(name)!.assign(weights[i]);
        this.steps.set(name, this.steps.get(name)! + 1);
      }
      return { gradNorm, applied: true };
    });
  }

  /** @inheritDoc */
  minimize<Metrics extends LossAndMetrics = { loss: tf.Scalar }>(
    lossFn: () => tf.Scalar | Metrics,
    variables: TensorsByName<tf.Variable>,
    options: MinimizeOptions,
  ): StepMetrics<Metrics> {
    return minimizeWith<Metrics>(this, lossFn, variables, options);
  }

  private fusedStep(
    rule: FusedRule,
    layout: FlatLayout,
    gradients: ReadonlyMap<string, tf.Tensor>,
    variables: ReadonlyMap<string, tf.Variable>,
    { maxGradNorm, skipNonFinite }: Omit<ApplyOptions, "learningRate">,
  ): StepResult {
    const ordered = layout.inOrder(gradients, "gradients");
    const gradNorm = globalNorm(ordered);
    if (skipNonFinite && !Number.isFinite(gradNorm.dataSync()[0])) return { gradNorm };
    const weights = applyFused(rule, {
      entries: layout.entries,
      gradients: ordered,
      weights: layout.inOrder(variables, "variables"),
      moments: this.moments,
      steps: layout.entries.map(({ name }) => this.steps.get(name)! + 1),
      norm: maxGradNorm === undefined ? undefined : { value: gradNorm, max: maxGradNorm },
    });
    return { gradNorm, weights };
  }

  private composedStep(
    layout: FlatLayout,
    gradients: ReadonlyMap<string, tf.Tensor>,
    variables: ReadonlyMap<string, tf.Variable>,
    { learningRate, maxGradNorm, skipNonFinite }: RateOptions,
  ): StepResult {
    const raw = layout.flatten(gradients, "gradients");
    const rawSquared = tf.square(raw);
    const gradNorm = tf.sqrt(tf.sum(rawSquared)) as tf.Scalar;
    const norm = skipNonFinite ? gradNorm.dataSync()[0] : undefined;
    if (norm !== undefined && !Number.isFinite(norm)) return { gradNorm };

    // A norm that was read anyway determines whether clipping is needed.
    const clips = maxGradNorm !== undefined && !(norm !== undefined && norm + 1e-6 <= maxGradNorm);
    const gradient = clips ? tf.mul(raw, clipFactor(gradNorm, maxGradNorm)) : raw;
    const { decrease, keep, moments } = this.update({
      gradient,
      squared: clips ? tf.square(gradient) : rawSquared,
      moments: this.moments,
      learningRate,
      perStep: (f) => this.spread(layout, f),
    });
    const flat = layout.flatten(variables, "variables");
    const weights = layout.split(tf.sub(keep ? tf.mul(flat, keep) : flat, decrease));
    tf.dispose(Object.values(this.moments));
    this.moments = moments;
    for (const moment of Object.values(moments)) tf.keep(moment);
    return { gradNorm, weights };
  }

  private spread(layout: FlatLayout, f: (steps: number, name: string) => number): tf.Tensor {
    const numbers = layout.entries.map(({ name }) => f(this.steps.get(name)! + 1, name));
    if (numbers.every((number) => number === numbers[0])) return tf.scalar(numbers[0]);
    const values = new Float32Array(layout.size);
    for (const [i, { offset, size }] of layout.entries.entries()) {
      values.fill(numbers[i], offset, offset + size);
    }
    return tf.tensor1d(values);
  }

  // Moments as vectors in the order of these variables; those of earlier variables are set aside.
  private prepare(variables: ReadonlyMap<string, tf.Variable>): FlatLayout {
    if (this.layout?.fits(variables)) return this.layout;
    const layout = new FlatLayout(variables);
    const known = this.collect();
    const flat = Object.entries(this.initialMoments).map(([moment, initial]) => {
      const values = new Float32Array(layout.size).fill(initial);
      for (const { name, shape, size, offset } of layout.entries) {
        const kept = known.get(name)?.moments[moment];
        if (kept && kept.length !== size) {
          throw new ShapeError(
            `variable "${name}"`,
            `with ${kept.length} elements, as many as its saved moments`,
            shape,
          );
        }
        if (kept) values.set(kept, offset);
      }
      return [moment, values] as const;
    });
    this.forget();
    this.moments = Object.fromEntries(flat.map(([moment, values]) => [moment, tf.keep(tf.tensor1d(values))]));
    for (const { name } of layout.entries) {
      this.steps.set(name, known.get(name)?.steps ?? 0);
      known.delete(name);
    }
    this.remembered = known;
    this.layout = layout;
    return layout;
  }

  // All known moments and step counts, by variable.
  private collect(): Map<string, Remembered> {
    const known = new Map(this.remembered);
    if (!this.layout) return known;
    const flat = Object.entries(this.moments).map(
      ([moment, tensor]) => [moment, tensor.dataSync<"float32">()] as const,
    );
    for (const { name, offset, size } of this.layout.entries) {
      const moments = flat.map(([moment, values]) => [moment, values.slice(offset, offset + size)]);
      known.set(name, { steps: this.steps.get(name)!, moments: Object.fromEntries(moments) });
    }
    return known;
  }

  private forget(): void {
    tf.dispose(Object.values(this.moments));
    this.moments = {};
    this.steps.clear();
    this.remembered.clear();
    this.layout = undefined;
  }

  /**
   * Reads the moments from the device, after which {@link FlatOptimizer.getState} does not have to wait. Needed
   * on webgpu in Node, which cannot read synchronously; harmless elsewhere.
   */
  async fetch(): Promise<void> {
    await Promise.all(Object.values(this.moments).map((moment) => moment.data()));
  }

  /** Moments and step counts by variable. Reads tensors synchronously: on webgpu, {@link FlatOptimizer.fetch} first. */
  getState(): StateRecord {
    const variables: StateRecord = {};
    for (const [name, { steps, moments }] of this.collect()) {
      const copies = Object.entries(moments).map(([moment, values]) => [moment, values.slice()] as const);
      variables[name] = { steps, moments: Object.fromEntries(copies) };
    }
    return { kind: this.kind, count: Object.keys(variables).length, variables };
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    const variables = isRecord(state.variables) ? Object.entries(state.variables) : undefined;
    if (state.kind !== this.kind || !variables) {
      throw new InvalidArgumentError(
        "state",
        `expected the state of ${this.kind}, received that of ${String(state.kind)}`,
      );
    }
    if (state.count !== variables.length) {
      throw new InvalidArgumentError(
        "state",
        `expected ${state.count} variables, as many as were saved, received ${variables.length}`,
      );
    }
    const restored = variables.map(([name, saved]) => [name, this.checkSaved(name, saved)] as const);
    this.forget();
    this.remembered = new Map(restored);
  }

  private checkSaved(name: string, saved: StateTree): Remembered {
    const expected = Object.keys(this.initialMoments);
    const { steps, moments } = isRecord(saved) ? saved : {};
    const given = isRecord(moments) ? moments : {};
    const complete = expected.every((moment) => given[moment] instanceof Float32Array);
    if (typeof steps !== "number" || !complete) {
      throw new InvalidArgumentError(
        "state",
        `variable "${name}": expected { steps: number, moments: { ${expected.join(", ")}: Float32Array } }`,
      );
    }
    const copies = expected.map((moment) => [moment, (given[moment] as Float32Array).slice()] as const);
    return { steps, moments: Object.fromEntries(copies) };
  }

  /** @inheritDoc */
  dispose(): void {
    this.forget();
    tf.dispose([...this.constants.values()]);
    this.constants.clear();
    this.disposed = true;
  }
}

function numberOf(value: number | tf.Scalar): number {
  return typeof value === "number" ? value : value.dataSync()[0];
}

function isRecord(value: StateTree | undefined): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
