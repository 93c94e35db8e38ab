/** Forms that hyper-parameters of each trainer may have in checkpoints. */

import { valueClipKinds } from "../../losses/clipped-value-loss.js";
import {
  choiceForm,
  countForm,
  eitherForm,
  flagForm,
  listForm,
  nullable,
  numberForm,
  recordForm,
  type SavedForm,
  type SavedForms,
  scheduleForm,
} from "./saved-options.js";

// The most that a file may ask for. The caller has to pass larger values explicitly.
const MOST_ENVS = 4096;
const MOST_STEPS = 2 ** 24;
const MOST_REPEATS = 10_000;

const adam: SavedForm = recordForm({
  beta1: numberForm,
  beta2: numberForm,
  epsilon: numberForm,
  epsilonMode: choiceForm("torch", "keras"),
  weightDecay: numberForm,
});

const clipRewards: SavedForm = eitherForm(
  choiceForm(false, "sign"),
  recordForm({ limit: numberForm }, ["limit"]),
);

/** Forms for `PPOTrainer`; hyper-parameters that are not listed have the type of their default. */
export const ppoForms: SavedForms = {
  numEnvs: countForm(MOST_ENVS),
  numSteps: countForm(2 ** 20),
  batchSize: countForm(MOST_STEPS),
  nEpochs: countForm(MOST_REPEATS),
  learners: countForm(256),
  learningRate: scheduleForm,
  clipRange: scheduleForm,
  valueClip: nullable(choiceForm(...valueClipKinds)),
  clipRangeVf: nullable(scheduleForm),
  entCoef: scheduleForm,
  valueLossScale: nullable(numberForm),
  maxGradNorm: nullable(numberForm),
  targetKl: nullable(numberForm),
  klPenalty: nullable(recordForm({ initial: numberForm, target: numberForm }, ["initial"])),
  normalizeAdvantage: nullable(
    recordForm(
      {
        over: choiceForm("minibatch", "rollout"),
        ddof: choiceForm(0, 1),
        epsilon: numberForm,
        floor: numberForm,
      },
      ["over"],
    ),
  ),
  clipRewards,
  sequenceLength: nullable(countForm(2 ** 20)),
  adam,
};

/** Forms for `DQNTrainer`; hyper-parameters that are not listed have the type of their default. */
export const dqnForms: SavedForms = {
  numEnvs: countForm(MOST_ENVS),
  capacity: countForm(2 ** 31 - 1),
  batchSize: countForm(2 ** 16),
  gradientSteps: countForm(MOST_REPEATS, -1),
  nStep: countForm(MOST_REPEATS),
  numStack: countForm(1000),
  learningRate: scheduleForm,
  exploration: nullable(scheduleForm),
  maxGradNorm: nullable(numberForm),
  huberDelta: nullable(numberForm),
  // Earlier versions accepted `true` for the defaults.
  prioritized: nullable(
    eitherForm(
      flagForm,
      recordForm({ alpha: numberForm, beta: scheduleForm, betaSteps: numberForm, epsilon: numberForm }),
    ),
  ),
  clipRewards,
  adam,
  rmsprop: recordForm({
    decay: numberForm,
    epsilon: numberForm,
    epsilonMode: choiceForm("torch", "tf"),
    centered: flagForm,
    momentum: numberForm,
    initialMeanSquare: numberForm,
  }),
};

/** Forms for `CloningTrainer`, all of its hyper-parameters. */
export const cloningForms: SavedForms = {
  batchSize: countForm(2 ** 16),
  learningRate: scheduleForm,
  adam,
  maxGradNorm: nullable(numberForm),
  classWeights: nullable(listForm(numberForm, 100_000)),
  shuffle: flagForm,
  mirrorActions: nullable(listForm(countForm(100_000, 0), 100_000)),
};
