/** One of several learners: its share of every step. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type ArrayInput,
  type CompiledStep,
  compile,
  computeGradients,
  FlatLayout,
  type Optimizer,
  type StepValues,
} from "tfjs-training";
import { floatTensor, readFloats } from "tfjs-training/wasm";
import type { RolloutBuffer, Sequences } from "../../../memory/index.js";
import type { ActorCritic } from "../../../models/actor-critic.js";
import { trainableVariables } from "../../../models/weights.js";
import { lossMonitors } from "../loss-monitors.js";
import type { PPOUpdateCoefficients } from "../minibatch-inputs.js";
import { type MinibatchInputs, minibatchInputs } from "../minibatch-inputs.js";
import { PPOObjective, type PPOObjectiveOptions } from "../ppo-objective.js";
import { type PPOHyperparameters, valueClipOf } from "../ppo-options.js";
import { endsBeforeStep, type TargetKlOptions } from "../target-kl.js";
import { type ExchangeMemory, GradientExchange } from "./gradient-exchange.js";
import { countSteps, cutShares, minibatchAdvantages, placeAdvantages } from "./shares.js";

/** The hyper-parameters that determine a step. */
export type StepHyperparameters = PPOObjectiveOptions["hyperparameters"] &
  TargetKlOptions &
  Pick<PPOHyperparameters, "normalizeAdvantage" | "maxGradNorm">;

/** Selects the hyper-parameters that determine a step: plain data, which can be sent to other threads. */
export function stepHyperparameters(all: PPOHyperparameters): StepHyperparameters {
  const { valueClip, clipRangeVf, valueLossScale, vfCoef, klPenalty, klEstimator } = all;
  const { normalizeAdvantage, maxGradNorm, targetKl, targetKlCheck } = all;
  return {
    valueClip: valueClipOf({ valueClip, clipRangeVf }),
    clipRangeVf: null, // its value is sent with every step
    valueLossScale,
    vfCoef,
    klPenalty,
    klEstimator,
    normalizeAdvantage,
    maxGradNorm,
    targetKl,
    targetKlCheck,
  };
}

/** Options of {@link Learner}. */
export interface LearnerOptions extends PPOObjectiveOptions {
  /** Rank of this learner; 0 is the main thread. */
  rank: number;
  /** Number of learners. */
  learners: number;
  /** The optimizer of this learner's model. */
  optimizer: Optimizer;
  /** The rollout, in shared memory. */
  rollout: RolloutBuffer;
  /** Memory of the gradient exchange. */
  exchange: ExchangeMemory;
  /** The hyper-parameters that determine a step. */
  hyperparameters: StepHyperparameters;
}

/** The data of a step, equal for all learners. */
export interface StepPlan {
  /** The whole minibatch. */
  minibatch: Sequences;
  /** Coefficients of the update. */
  coefficients: PPOUpdateCoefficients;
}

/** Values that are equal on all learners, for tests: see {@link Learner.report}. */
export interface LearnerReport {
  /** Checksum of all bits of all weights. */
  checksum: number;
  /** Number of tensors on the learner's thread. */
  numTensors: number;
}

interface Steps {
  gradient: CompiledStep<MinibatchInputs, Record<string, tf.Tensor>>;
  weights: CompiledStep<Record<string, ArrayInput | number>, { gradNorm: tf.Scalar }>;
}

/**
 * Computes one share of every step. The phases of a step, separated by barriers: {@link Learner.contribute},
 * {@link Learner.reduce}, {@link Learner.finish}. Since every learner applies the same update from the same sum, all
 * weights stay equal bit for bit.
 */
export class Learner {
  private made: Steps | undefined;
  private readonly layout: FlatLayout;
  private readonly exchange: GradientExchange;
  private readonly model: ActorCritic;
  private weights: number[] = [];

  constructor(private readonly options: LearnerOptions) {
    const { model, rank, learners, exchange } = options;
    this.model = model;
    this.layout = new FlatLayout(model.variables);
    this.exchange = new GradientExchange(exchange, rank, learners, this.layout.size);
  }

  // Made when they are needed, again after dispose.
  private get steps(): Steps {
    this.made ??= this.makeSteps();
    return this.made;
  }

  private makeSteps(): Steps {
    const { model, optimizer, hyperparameters } = this.options;
    const objective = new PPOObjective(this.options);
    const gradient: Steps["gradient"] = compile(
      (inputs) => {
        const { gradients, metrics } = computeGradients(
          () => objective.losses(inputs),
          trainableVariables(model.variables),
        );
        const named = [...gradients].map(([name, gradient]) => [gradientKey(name), gradient] as const);
        return { ...metrics, ...Object.fromEntries(named) };
      },
      { name: "a learner's gradient" },
    );
    const weights: Steps["weights"] = compile(
      ({ learningRate, ...gradients }) => {
        const trained = trainableVariables(model.variables);
        const { gradNorm } = optimizer.applyGradients(
          new Map([...trained.keys()].map((name) => [name, gradients[gradientKey(name)] as tf.Tensor])),
          trained,
          {
            learningRate: learningRate as tf.Scalar | number,
            maxGradNorm: hyperparameters.maxGradNorm ?? undefined,
            skipNonFinite: true,
          },
        );
        model.constrain?.();
        return { gradNorm };
      },
      { name: "a learner's step" },
    );
    return { gradient, weights };
  }

  /** Writes gradients and monitors of this learner's share into shared memory. */
  contribute({ minibatch, coefficients }: StepPlan): void {
    const { rank, learners, rollout, hyperparameters } = this.options;
    const shares = cutShares(minibatch, learners);
    const steps = shares.map(countSteps);
    const total = steps.reduce((sum, count) => sum + count, 0);
    this.weights = steps.map((count) => count / total);
    if (steps[rank] === 0) return;
    const { over, ...how } = hyperparameters.normalizeAdvantage ?? {};
    const share = rollout.gather(shares[rank]);
    if (over === "minibatch") {
      const before = steps.slice(0, rank).reduce((sum, count) => sum + count, 0);
      const advantages = minibatchAdvantages(rollout, minibatch, how);
      placeAdvantages(share, shares[rank], advantages.subarray(before, before + steps[rank]));
    }
    const { model, distribution } = this.options;
    const inputs = minibatchInputs(share, coefficients, {
      model,
      distribution,
      klPenalty: hyperparameters.klPenalty !== null,
    });
    const values = this.steps.gradient.read(inputs) as StepValues<Record<string, tf.Tensor>>;
    for (const { name, offset } of this.layout.entries) {
      const gradient = values[gradientKey(name)];
      // Where there is none, as for frozen weights, the vector stays as it was.
      if (gradient !== undefined) this.exchange.mine.set(numbersOf(gradient), offset);
    }
    this.exchange.monitors.set(lossMonitors.map((name) => values[name] as unknown as number));
  }

  /**
   * Sums one slice of all learners' gradients.
   *
   * @returns the monitors of the whole minibatch; when one of them is not finite, nothing is summed
   */
  reduce(): number[] {
    const numbers = this.exchange.combine(this.weights);
    if (numbers.every(Number.isFinite)) this.exchange.reduce(this.weights);
    return numbers;
  }

  /** Whether to make the step: every learner decides the same from the same monitors. */
  goesOn(numbers: number[]): boolean {
    return numbers.every(Number.isFinite) && !endsBeforeStep(numbers, this.options.hyperparameters);
  }

  /** Updates the weights, unless the gradient is not finite; returns its norm before clipping. */
  finish({ coefficients: { learningRate } }: StepPlan): number {
    const inputs: Record<string, ArrayInput | number> = { learningRate };
    const trained = trainableVariables(this.model.variables);
    for (const { name, shape, size, offset } of this.layout.entries) {
      if (!trained.has(name)) continue;
      inputs[gradientKey(name)] = { values: this.exchange.sum.subarray(offset, offset + size), shape };
    }
    const { gradNorm } = this.steps.weights.read(inputs) as { gradNorm: number };
    return gradNorm;
  }

  /** Frees the compiled steps; they are made again where the learner goes on. */
  dispose(): void {
    this.made?.gradient.dispose();
    this.made?.weights.dispose();
    this.made = undefined;
  }

  /** Writes the weights to shared memory for the other learners; returns the names of the trainable ones. */
  giveWeights(): string[] {
    this.layOut(this.model.variables, this.exchange.first);
    return [...trainableVariables(this.model.variables).keys()];
  }

  /** Reads the weights that the first learner has written, and makes the same ones trainable. */
  takeWeights(trainable: readonly string[]): void {
    for (const [name, variable] of this.model.variables) variable.trainable = trainable.includes(name);
    tf.tidy(() => {
      for (const [name, tensor] of this.tensors(this.exchange.first, this.model.variables))
        this.model.variables.get(name)!.assign(tensor);
    });
  }

  /** Checksum and tensor count: the first must be equal on all learners, the second must not grow. */
  report(): LearnerReport {
    let checksum = 0;
    for (const { name } of this.layout.entries) {
      const values = this.model.variables.get(name)!.dataSync<"float32">();
      const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
      for (const word of bits) checksum = (Math.imul(checksum, 31) + word) | 0;
    }
    return { checksum, numTensors: tf.memory().numTensors };
  }

  // Where there is no tensor, as for the gradients of frozen weights, the vector is left unchanged.
  private layOut(tensors: ReadonlyMap<string, tf.Tensor>, vector: Float32Array): void {
    for (const { name, size, offset } of this.layout.entries) {
      const tensor = tensors.get(name);
      if (tensor) readFloats(tensor, vector.subarray(offset, offset + size));
    }
  }

  private tensors(vector: Float32Array, names: ReadonlyMap<string, unknown>): Map<string, tf.Tensor> {
    const entries = this.layout.entries.filter(({ name }) => names.has(name));
    return new Map(
      entries.map(({ name, shape, size, offset }) => [
        name,
        floatTensor(vector.subarray(offset, offset + size), shape),
      ]),
    );
  }
}

// Among the monitors, whose names are shorter.
function gradientKey(name: string): string {
  return `gradient of ${name}`;
}

function numbersOf(value: number | Float32Array): Float32Array {
  return typeof value === "number" ? Float32Array.of(value) : value;
}
