/** Messages between the first learner and the others. */

import type { AdamOptions } from "tfjs-training";
import type { StateRecord } from "../../../core/state.js";
import type { RolloutBufferOptions } from "../../../memory/index.js";
import type { SpaceJSON } from "../../../spaces/index.js";
import type { SentModel } from "./describe-model.js";
import type { ExchangeMemory } from "./gradient-exchange.js";
import type { LearnerReport, StepHyperparameters, StepPlan } from "./learner.js";

/** The rollout in shared memory. */
export interface SharedRollout {
  /** Sizes of the rollout. */
  options: Omit<RolloutBufferOptions, "allocate">;
  /** Memory of its arrays, in the order of their allocation. */
  memory: SharedArrayBuffer[];
}

/** Everything that a learner on another thread is started with; plain data. */
export interface LearnerSetup {
  /** Rank of the learner, from 1. */
  rank: number;
  /** Number of learners, including the main thread. */
  learners: number;
  /** Memory of the barrier. */
  barrier: SharedArrayBuffer;
  /** Memory of the gradient exchange. */
  exchange: ExchangeMemory;
  /** The rollout. */
  rollout: SharedRollout;
  /** How the model is created. */
  model: SentModel;
  /** Names and shapes of all weights, which the model must have as well. */
  weights: [name: string, shape: readonly number[]][];
  /** The observation space. */
  observationSpace: SpaceJSON;
  /** The action space. */
  actionSpace: SpaceJSON;
  /** Hyper-parameters of a step. */
  hyperparameters: StepHyperparameters;
  /** Options of Adam. */
  adam: Omit<AdamOptions, "decays">;
  /** Names of the weights with weight decay; `null` for all. */
  decaying: string[] | null;
  /** Settings of the first learner's backend. */
  backend: { relaxedSimd: boolean; revectorize: boolean; accelerator: boolean };
}

/** A call from the first learner to all others, which arrive at the barrier after each answer. */
export type LearnerCall =
  | { kind: "weights"; trainable: string[]; optimizer: StateRecord | null }
  | ({ kind: "step" } & StepPlan)
  | { kind: "report" };

/** A message from a learner to the first one. */
export type LearnerMessage = { kind: "failure"; error: unknown } | { kind: "report"; report: LearnerReport };

/** The first learner's handle to another one; implemented by the platform. */
export interface LearnerThread {
  /** Why the thread has ended; `undefined` while it runs. */
  readonly failure: unknown;
  /** Sends a call; the barrier announces it. */
  post(call: LearnerCall): void;
  /** The messages received since the last call. */
  messages(): LearnerMessage[];
  /** Lets the thread end, or terminates it if it does not. */
  close(): Promise<void>;
}

/** Starts a learner on another thread. */
export type StartLearner = (setup: LearnerSetup) => LearnerThread;
