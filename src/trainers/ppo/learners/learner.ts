/** One of several learners: its share of every step. */

import * as tf from "@tensorflow/tfjs-core";
import { computeGradients, FlatLayout, inputTensors, type Optimizer } from "tfjs-training";
import { floatTensor, readFloats } from "tfjs-training/wasm";
import type { RolloutBuffer, Sequences } from "../../../memory/index.js";
import type { ActorCritic } from "../../../models/actor-critic.js";
import { trainableVariables } from "../../../models/weights.js";
import { lossMonitors } from "../loss-monitors.js";
import type { PPOUpdateCoefficients } from "../minibatch-inputs.js";
import { minibatchInputs } from "../minibatch-inputs.js";
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

/**
 * Computes one share of every step. The phases of a step, separated by barriers: {@link Learner.contribute},
 * {@link Learner.reduce}, {@link Learner.finish}. Since every learner applies the same update from the same sum, all
 * weights stay equal bit for bit.
 */
export class Learner {
  private readonly objective: PPOObjective;
  private readonly layout: FlatLayout;
  private readonly exchange: GradientExchange;
  private readonly model: ActorCritic;
  private weights: number[] = [];

  constructor(private readonly options: LearnerOptions) {
    const { model, rank, learners, exchange } = options;
    this.model = model;
    this.objective = new PPOObjective(options);
    this.layout = new FlatLayout(model.variables);
    this.exchange = new GradientExchange(exchange, rank, learners, this.layout.size);
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
    const { gradients, metrics } = computeGradients(
      () => this.objective.losses(inputTensors(inputs)),
      trainableVariables(this.model.variables),
    );
    this.layOut(gradients, this.exchange.mine);
    this.exchange.monitors.set(lossMonitors.map((name) => metrics[name].dataSync()[0]));
    tf.dispose([metrics, ...gradients.values()]);
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
  finish({ coefficients }: StepPlan): number {
    const { optimizer, hyperparameters } = this.options;
    return tf.tidy(() => {
      const variables = trainableVariables(this.model.variables);
      const gradients = this.tensors(this.exchange.sum, variables);
      const { gradNorm } = optimizer.applyGradients(gradients, variables, {
        learningRate: coefficients.learningRate,
        maxGradNorm: hyperparameters.maxGradNorm ?? undefined,
        skipNonFinite: true,
      });
      this.model.constrain?.();
      return gradNorm.dataSync()[0];
    });
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
