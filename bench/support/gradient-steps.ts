/** Gradient steps of the trainers' presets on batches of random numbers, compiled and not. */

import * as tf from "@tensorflow/tfjs-core";
import {
  Adam,
  type ArrayInput,
  compile,
  type PlanSummary,
  type StepInput,
  type TracedInputs,
} from "tfjs-training";
import { bytesOf, gemm, type Product, setProductEngine, type WasmBackend } from "tfjs-training/wasm";
import { DQNTrainer, PPOTrainer, Random, RolloutBuffer } from "../../src/index.js";
import { actionDistribution, DQNLoss, tdTargets } from "../../src/losses/index.js";
import { splitMinibatches } from "../../src/memory/index.js";
import { trainableVariables } from "../../src/models/weights.js";
import type { DQNPreset, PPOPreset } from "../../src/trainers/index.js";
import { type MinibatchInputs, minibatchInputs } from "../../src/trainers/ppo/minibatch-inputs.js";
import { PPOObjective } from "../../src/trainers/ppo/ppo-objective.js";

/** Sizes of a product. */
export type ProductSizes = Pick<Product, "m" | "n" | "k" | "transposeA" | "transposeB">;

/** A gradient step, on the same inputs each time. */
export interface GradientStep {
  /** Runs it as tfjs does, kernel by kernel, and reads its numbers. */
  plain(): void;
  /** Runs its plan and reads its numbers. */
  compiled(): void;
  /** What the plan consists of. */
  plan(): PlanSummary;
  /** The products of one step. */
  products(): ProductSizes[];
}

/** The step of `PPOUpdate` with the settings of a preset. */
export function ppoStep(preset: PPOPreset, envId: string): GradientStep {
  return gradientStep(() => ppoParts(preset, envId));
}

function ppoParts(preset: PPOPreset, envId: string): Parts<MinibatchInputs> {
  const trainer = new PPOTrainer({ ...preset, env: envId, seed: 0 });
  const { model, hyperparameters, env } = trainer;
  const distribution = actionDistribution(env.actionSpace);
  const random = new Random(1);
  const buffer = new RolloutBuffer({
    numEnvs: env.numEnvs,
    numSteps: hyperparameters.numSteps,
    observationShape: model.observationShape,
    observationDtype: "float32",
    actionSize: distribution.actionSize,
    distributionSize: model.distributionSize,
    stateSize: model.stateSize,
  });
  for (const array of [
    buffer.observations,
    buffer.advantages,
    buffer.values,
    buffer.returns,
    buffer.states,
  ]) {
    for (let i = 0; i < array.length; i++) array[i] = 0.1 * random.normal();
  }
  const discrete = env.actionSpace.kind === "discrete" ? env.actionSpace.n : 0;
  buffer.actions.forEach((_, i, all) => {
    all[i] = discrete ? random.integer(discrete) : random.normal();
  });
  buffer.logProbs.fill(discrete ? -Math.log(discrete) : -1);
  const [minibatch] = splitMinibatches({
    sequences: buffer.sequences({ sequenceLength: hyperparameters.sequenceLength ?? undefined }),
    batchSize: hyperparameters.batchSize,
    random,
  });
  const inputs = minibatchInputs(
    buffer.gather(minibatch),
    { learningRate: 1e-5, clipRange: 0.2, clipRangeVf: 0.2, entCoef: 0.01, klCoef: 0 },
    { model, distribution, klPenalty: false },
  );
  const objective = new PPOObjective({ model, distribution, hyperparameters });
  const optimizer = new Adam(hyperparameters.adam);
  return {
    inputs,
    fn: (given) =>
      optimizer.minimize(() => objective.losses(given), trainableVariables(model.variables), {
        learningRate: given.learningRate,
        maxGradNorm: hyperparameters.maxGradNorm,
        constrain: () => model.constrain?.(),
      }),
  };
}

type DQNInputs = {
  observations: ArrayInput;
  nextObservations: ArrayInput;
  actions: ArrayInput;
  rewards: ArrayInput;
  discounts: ArrayInput;
  learningRate: number;
};

/** The step of `DQNUpdate` with the settings of a preset. */
export function dqnStep(preset: DQNPreset, envId: string): GradientStep {
  return gradientStep(() => dqnParts(preset, envId));
}

function dqnParts(preset: DQNPreset, envId: string): Parts<DQNInputs> {
  const [{ model, hyperparameters }, { model: target }] = [0, 1].map(
    (seed) => new DQNTrainer({ ...preset, env: envId, seed }),
  );
  const { batchSize, huberDelta, lossMean, maxGradNorm, double, adam } = hyperparameters;
  const random = new Random(1);
  const rows = [batchSize];
  const normals = (shape: number[]): ArrayInput => ({
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  });
  const inputs: DQNInputs = {
    observations: normals([batchSize, ...model.observationShape]),
    nextObservations: normals([batchSize, ...model.observationShape]),
    actions: {
      values: Int32Array.from({ length: batchSize }, () => random.integer(model.numActions)),
      shape: rows,
    },
    rewards: normals(rows),
    discounts: { values: new Float32Array(batchSize).fill(0.97), shape: rows },
    learningRate: 1e-5,
  };
  const loss = new DQNLoss({ delta: huberDelta, mean: lossMean });
  const optimizer = new Adam(adam);
  const fn = (given: TracedInputs<DQNInputs>) => {
    const targets = tf.tidy(() =>
      tdTargets({
        rewards: given.rewards as tf.Tensor1D,
        discounts: given.discounts as tf.Tensor1D,
        targetQ: target.apply(given.nextObservations),
        onlineQ: double ? model.apply(given.nextObservations) : undefined,
      }),
    );
    const losses = () => {
      const q = model.apply(given.observations);
      const { loss: total, tdErrors } = loss.apply({ q, actions: given.actions as tf.Tensor1D, targets });
      return { loss: total, tdErrors, meanQ: tf.mean(tf.sub(targets, tdErrors)) as tf.Scalar };
    };
    return optimizer.minimize(losses, trainableVariables(model.variables), {
      learningRate: given.learningRate,
      maxGradNorm,
      constrain: () => model.constrain?.(),
    });
  };
  return { inputs, fn };
}

interface Parts<Inputs> {
  inputs: Inputs;
  fn: (inputs: TracedInputs<Inputs>) => Record<string, tf.Tensor>;
}

// Each of the two has a separate network and optimizer.
function gradientStep<Inputs extends { [Name in keyof Inputs]: StepInput }>(
  make: () => Parts<Inputs>,
): GradientStep {
  const [one, other] = [make(), make()];
  const plain = compile(one.fn, { enabled: false });
  const compiled = compile(other.fn);
  return {
    plain: () => void plain.read(one.inputs),
    compiled: () => void compiled.read(other.inputs),
    plan() {
      const [{ state, plan, reasons }] = compiled.report().plans;
      if (state !== "compiled" || !plan) throw new Error(`the step is not compiled: ${reasons.join("; ")}`);
      return plan;
    },
    products() {
      const sizes: ProductSizes[] = [];
      setProductEngine({
        multiply(_, { m, n, k, transposeA, transposeB }) {
          sizes.push({ m, n, k, transposeA, transposeB });
          return false;
        },
      });
      try {
        plain.read(one.inputs);
      } finally {
        setProductEngine(undefined);
      }
      return sizes;
    },
  };
}

/**
 * A program that computes products of these sizes one after the other. Matrices of one size share their memory, so that
 * the caches hold at least as much as in the step.
 */
export function productsAlone(sizes: readonly ProductSizes[]): () => void {
  const backend = tf.backend() as unknown as WasmBackend;
  const known = new Map<string, number>();
  const matrix = (role: string, rows: number, columns: number) => {
    const key = `${role} ${rows * columns}`;
    const make = () => bytesOf(backend, tf.randomUniform([rows * columns], -1, 1, "float32", 1));
    const address = known.get(key) ?? make();
    known.set(key, address);
    return address;
  };
  const products = sizes.map(
    (size): Product => ({
      ...size,
      a: matrix("a", size.m, size.k),
      b: matrix("b", size.k, size.n),
      c: matrix("c", size.m, size.n),
    }),
  );
  return () => {
    for (const product of products) gemm(backend, product);
  };
}
