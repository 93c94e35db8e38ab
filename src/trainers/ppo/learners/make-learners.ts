/** Creation of several learners where the platform has threads; installed by `ncps-ts/node`. */

import { engine } from "@tensorflow/tfjs-core";
import { inNode } from "tfjs-training/core";
import { BackendError, InvalidStateError } from "../../../core/errors.js";
import { LearnerGroup, type LearnerGroupOptions } from "./learner-group.js";
import type { StartLearner } from "./learner-setup.js";

let installed: StartLearner | undefined;

/** Makes the threads of a platform available to trainers with several learners. */
export function installLearners(start: StartLearner): void {
  installed = start;
}

/**
 * Checks that a trainer can have this number of learners, and returns what starts them.
 *
 * @throws InvalidStateError when the platform has no threads installed
 * @throws BackendError when the active backend is not wasm
 */
export function requireLearners(learners: number): StartLearner {
  if (!installed) {
    throw new InvalidStateError(
      inNode()
        ? `learners: ${learners} needs the worker threads of Node: import "ncps-ts/node" first`
        : `learners: ${learners} needs the worker threads of Node. In a page leave it at 1`,
    );
  }
  if (engine().backendName !== "wasm") {
    throw new BackendError(
      `learners: ${learners} needs the backend "wasm", the active one is "${engine().backendName}": ` +
        'call `await useBackend("wasm")` first, or leave learners at 1',
    );
  }
  return installed;
}

/**
 * Creates the learners of a trainer. None of them is started yet.
 *
 * @throws InvalidStateError, BackendError as in {@link requireLearners}
 * @throws InvalidArgumentError when the model cannot be created on other threads
 */
export function makeLearners(options: Omit<LearnerGroupOptions, "start">): LearnerGroup {
  return new LearnerGroup({ ...options, start: requireLearners(options.hyperparameters.learners) });
}
