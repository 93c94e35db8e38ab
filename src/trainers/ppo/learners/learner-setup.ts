/** What the first learner and the others tell each other. */

import type { AdamOptions } from "tfjs-training";
import type { StateRecord } from "../../../core/state.js";
import type { RolloutBufferOptions } from "../../../memory/index.js";
import type { SpaceJSON } from "../../../spaces/index.js";
import type { SentModel } from "./describe-model.js";
import type { ExchangeMemory } from "./gradient-exchange.js";
import type { LearnerReport, StepHyperparameters, StepPlan } from "./learner.js";

/** The rollout in shared memory. */
export interface SharedRollout {
  /** Its sizes. */
  options: Omit<RolloutBufferOptions, "allocate">;
  /** Memory of its arrays, in the order in which they are made. */
  memory: SharedArrayBuffer[];
}

/** What a learner on another thread is started with; plain data. */
export interface LearnerSetup {
  /** Its number, from 1. */
  rank: number;
  /** How many learners there are, the main thread included. */
  learners: number;
  /** Memory of the meeting points. */
  rendezvous: SharedArrayBuffer;
  /** Memory of the gradients. */
  exchange: ExchangeMemory;
  /** The rollout. */
  rollout: SharedRollout;
  /** How its model is made. */
  model: SentModel;
  /** Names and shapes of all weights, which its model must have too. */
  weights: [name: string, shape: readonly number[]][];
  /** What observations look like. */
  observationSpace: SpaceJSON;
  /** What actions look like. */
  actionSpace: SpaceJSON;
  /** What decides a step. */
  hyperparameters: StepHyperparameters;
  /** Adam's numbers. */
  adam: Omit<AdamOptions, "decays">;
  /** Names of the weights that decay; `null` for all. */
  decaying: string[] | null;
  /** How the first learner's backend computes. */
  backend: { relaxedSimd: boolean; revectorize: boolean; accelerator: boolean };
}

/** From the first learner to all others, who arrive at a meeting point with every answer. */
export type LearnerCall =
  | { kind: "weights"; trainable: string[]; optimizer: StateRecord | null }
  | ({ kind: "step" } & StepPlan)
  | { kind: "report" };

/** From a learner to the first one. */
export type LearnerMessage = { kind: "failure"; error: unknown } | { kind: "report"; report: LearnerReport };

/** The first learner's hold on another one; a platform brings it. */
export interface LearnerThread {
  /** Why the thread has ended; `undefined` while it has not. */
  readonly lost: unknown;
  /** Sends a call; the rendezvous announces it. */
  post(call: LearnerCall): void;
  /** What it has told since it was asked last. */
  messages(): LearnerMessage[];
  /** Lets it come to its end, or ends it when it does not. */
  close(): Promise<void>;
}

/** Starts a learner on another thread. */
export type StartLearner = (setup: LearnerSetup) => LearnerThread;
