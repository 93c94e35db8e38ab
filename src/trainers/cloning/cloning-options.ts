/** Options of behaviour cloning, with validation. */

import type { AdamOptions } from "tfjs-training";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import type { ScheduleSpec } from "../../core/schedules.js";
import type { AtariCloningDataset } from "../../datasets/atari-cloning.js";
import { checkMirrorActions } from "../../datasets/mirror-frames.js";
import type { SequenceClassifier } from "../../models/sequence-classifier.js";
import { trainerHints } from "../common/trainer-hints.js";

/** Hyper-parameters of behaviour cloning; the defaults are those of the ncps guide. */
export interface CloningHyperparameters {
  /** Sequences in a minibatch, default 32. */
  batchSize: number;
  /** Learning rate, a number or a schedule over the training's progress 0..1; default 1e-4. */
  learningRate: ScheduleSpec;
  /** Options of Adam; default Keras's form. */
  adam: Omit<AdamOptions, "decays">;
  /** Maximum gradient norm; default `null`: no clipping. */
  maxGradNorm: number | null;
  /** Weight of each action in the loss, e.g. from `balancedClassWeights`; default `null`: all equal. */
  classWeights: readonly number[] | null;
  /** Whether the sequences are shuffled for every epoch, default true. */
  shuffle: boolean;
  /**
   * For games with mirror symmetry: for each action its mirror image, e.g. `[0, 1, 3, 2]` for Breakout. Half of the
   * sequences, sampled again each epoch, are then learned from with left and right swapped. Default `null`: none.
   */
  mirrorActions: readonly number[] | null;
}

/** Options of `CloningTrainer`. */
export interface CloningOptions extends Partial<CloningHyperparameters> {
  /** The training data. */
  dataset: AtariCloningDataset;
  /** The validation data for the accuracy after each epoch; default none. */
  valDataset?: AtariCloningDataset;
  /** The network; owned by the trainer from then on. */
  model: SequenceClassifier;
  /** Seed of the order of the sequences; default random. */
  seed?: number;
}

/** Metrics of one epoch. */
export interface EpochReport {
  /** Number of the epoch, from 0. */
  epoch: number;
  /** Mean loss over the epoch's minibatches, while the network changed. */
  loss: number;
  /** Share of steps with the expert's action, while the network changed. */
  accuracy: number;
  /** Mean cross-entropy over all steps of the validation split, without class weights; NaN without a split. */
  valLoss: number;
  /** Share of validation steps with the expert's action; NaN without a split. */
  valAccuracy: number;
}

const names = optionNames<CloningOptions>({
  dataset: true,
  model: true,
  valDataset: true,
  batchSize: true,
  learningRate: true,
  adam: true,
  maxGradNorm: true,
  classWeights: true,
  shuffle: true,
  mirrorActions: true,
  seed: true,
});

/** Fills in defaults and validates the options. @throws InvalidArgumentError naming the option */
export function resolveCloningOptions(options: CloningOptions): CloningHyperparameters {
  checkOptions("CloningTrainer", options, names, trainerHints);
  const { batchSize = 32, learningRate = 1e-4, adam = { epsilonMode: "keras" } } = options;
  const { maxGradNorm = null, classWeights = null, shuffle = true, mirrorActions = null } = options;
  const { numActions } = options.model;
  if (maxGradNorm !== null && !(maxGradNorm > 0)) {
    throw new InvalidArgumentError(
      "maxGradNorm",
      `expected a positive number or null, received ${maxGradNorm}`,
    );
  }
  if (classWeights && !(classWeights.length === numActions && classWeights.every((weight) => weight >= 0))) {
    throw new InvalidArgumentError(
      "classWeights",
      `expected ${numActions} numbers of at least 0, received [${classWeights.join(", ")}]`,
    );
  }
  if (mirrorActions) checkMirrorActions(mirrorActions, numActions);
  return {
    batchSize,
    learningRate,
    adam: { ...adam },
    maxGradNorm,
    classWeights: classWeights && [...classWeights],
    shuffle,
    mirrorActions: mirrorActions && [...mirrorActions],
  };
}
