/** Training and evaluation step of the classifier on one minibatch. */

import * as tf from "@tensorflow/tfjs-core";
import { type Adam, readMetrics } from "tfjs-training";
import { InvalidArgumentError, NonFiniteError } from "../../core/errors.js";
import type { CloningBatch } from "../../datasets/cloning-batches.js";
import type { SequenceClassifier } from "../../models/sequence-classifier.js";
import { trainableVariables } from "../../models/weights.js";
import { frameTensor } from "../common/frame-tensor.js";
import { sequenceCrossEntropy } from "./cloning-loss.js";
import type { CloningHyperparameters } from "./cloning-options.js";

/** Result of one minibatch. */
export interface CloningStep {
  /** Mean loss over its steps. */
  loss: number;
  /** Number of steps with the expert's action. */
  correct: number;
  /** Number of steps. */
  count: number;
  /** Gradient norm before clipping; 0 in evaluation. */
  gradNorm: number;
}

interface Inputs {
  observations: tf.Tensor;
  actions: tf.Tensor2D;
  mask?: tf.Tensor2D;
}

function toTensors(batch: CloningBatch, numActions: number): Inputs {
  const { observations, actions, mask, steps, shape } = batch;
  const wrong = actions.find((action) => action >= numActions);
  if (wrong !== undefined) {
    throw new InvalidArgumentError(
      "dataset",
      `it holds action ${wrong}, the model has ${numActions} actions`,
    );
  }
  return {
    observations: frameTensor(observations, [batch.batch, steps, ...shape]),
    actions: tf.tensor2d(actions, [batch.batch, steps], "int32"),
    ...(mask && { mask: tf.tensor2d(mask, [batch.batch, steps]) }),
  };
}

function countCorrect(logits: tf.Tensor, { actions, mask }: Inputs): tf.Scalar {
  return tf.tidy(() => {
    const same = tf.cast(tf.equal(tf.argMax(logits, -1), actions), "float32");
    return tf.sum(mask ? tf.mul(same, mask) : same) as tf.Scalar;
  });
}

function stepsOf({ batch, steps, mask }: CloningBatch): number {
  return mask ? mask.reduce((sum, value) => sum + value, 0) : batch * steps;
}

/** Options of {@link learnBatch}. */
export interface CloningStepOptions extends Pick<CloningHyperparameters, "maxGradNorm" | "classWeights"> {
  /** Learning rate of this minibatch. */
  learningRate: number;
}

/**
 * Makes a gradient step on one minibatch, whose sequences all start from a zero state.
 *
 * @throws NonFiniteError when loss or gradient are not finite; the weights are then unchanged, except on webgpu
 */
export async function learnBatch(
  model: SequenceClassifier,
  optimizer: Adam,
  batch: CloningBatch,
  { learningRate, maxGradNorm, classWeights }: CloningStepOptions,
): Promise<CloningStep> {
  const metrics = tf.tidy(() => {
    const inputs = toTensors(batch, model.numActions);
    const { mask } = inputs;
    const losses = () => {
      const { logits } = model.apply(inputs.observations, { mask, training: true });
      return {
        loss: sequenceCrossEntropy(logits, inputs.actions, { mask, classWeights: classWeights ?? undefined }),
        correct: countCorrect(logits, inputs),
      };
    };
    return optimizer.minimize(losses, trainableVariables(model.variables), {
      learningRate,
      maxGradNorm,
      constrain: () => model.constrain?.(),
    });
  });
  const { loss, correct, gradNorm } = await readMetrics(metrics);
  if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
    throw new NonFiniteError(
      `a minibatch gave loss ${loss}, grad_norm ${gradNorm}; lower learningRate or give maxGradNorm`,
    );
  }
  return { loss, correct, count: stepsOf(batch), gradNorm };
}

/** Evaluates one minibatch, without class weights. */
export async function measureBatch(model: SequenceClassifier, batch: CloningBatch): Promise<CloningStep> {
  const metrics = tf.tidy(() => {
    const inputs = toTensors(batch, model.numActions);
    const { mask } = inputs;
    const { logits } = model.apply(inputs.observations, { mask });
    const loss = sequenceCrossEntropy(logits, inputs.actions, { mask });
    return { loss, correct: countCorrect(logits, inputs) };
  });
  return { ...(await readMetrics(metrics)), count: stepsOf(batch), gradNorm: 0 };
}
