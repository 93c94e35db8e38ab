/** The inputs of PPO's loss for one minibatch. */

import type { ArrayInput } from "tfjs-training";
import type { ActionDistribution } from "../../losses/index.js";
import type { RolloutMinibatch } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";

/** The coefficients of one update, determined by schedules and controllers. */
export interface PPOUpdateCoefficients {
  /** Learning rate. */
  learningRate: number;
  /** Policy clip range. */
  clipRange: number;
  /** Value clip range. */
  clipRangeVf: number;
  /** Weight of the entropy bonus. */
  entCoef: number;
  /** Weight of the KL penalty; 0 disables it. */
  klCoef: number;
}

/** Arrays of one minibatch, `[batch, time, ...]`, and the coefficients of the update. */
export type MinibatchInputs = {
  observations: ArrayInput;
  actions: ArrayInput;
  logProbs: ArrayInput;
  advantages: ArrayInput;
  values: ArrayInput;
  returns: ArrayInput;
  /** `[batch, stateSize]`, of recurrent networks. */
  states: ArrayInput | undefined;
  resets: ArrayInput | undefined;
  mask: ArrayInput | undefined;
  /** Numbers that describe the distributions acted by; for the KL penalty. */
  distributions: ArrayInput | undefined;
} & { [Name in keyof PPOUpdateCoefficients]: number };

/** What decides which inputs there are. */
export interface MinibatchInputsOptions {
  model: Pick<ActorCritic, "observationShape" | "stateSize" | "distributionSize">;
  distribution: Pick<ActionDistribution, "actionShape">;
  /** Whether the loss has a KL penalty. */
  klPenalty: boolean;
}

/** Describes a minibatch as inputs of the loss; the arrays are not copied. */
export function minibatchInputs(
  minibatch: RolloutMinibatch,
  coefficients: PPOUpdateCoefficients,
  { model, distribution, klPenalty }: MinibatchInputsOptions,
): MinibatchInputs {
  const { batch, time, observations } = minibatch;
  const shape = [batch, time];
  const grid = (values: Float32Array): ArrayInput => ({ values, shape });
  return {
    observations: { values: observations, shape: [batch, time, ...model.observationShape] },
    actions: { values: minibatch.actions, shape: [batch, time, ...distribution.actionShape] },
    logProbs: grid(minibatch.logProbs),
    advantages: grid(minibatch.advantages),
    values: grid(minibatch.values),
    returns: grid(minibatch.returns),
    states: model.stateSize > 0 ? { values: minibatch.states, shape: [batch, model.stateSize] } : undefined,
    resets: minibatch.resets && grid(minibatch.resets),
    mask: minibatch.mask && grid(minibatch.mask),
    distributions: klPenalty
      ? { values: minibatch.distributions, shape: [batch, time, model.distributionSize] }
      : undefined,
    ...coefficients,
  };
}
