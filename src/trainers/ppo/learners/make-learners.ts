/** Creation of several learners where the platform has threads; installed by `ncps-ts/node`. */

import { engine } from "@tensorflow/tfjs-core";
import { BackendError } from "../../../core/errors.js";
import { PlatformService } from "../../../core/platform.js";
import { LearnerGroup, type LearnerGroupOptions } from "./learner-group.js";
import type { StartLearner } from "./learner-setup.js";

/** Worker threads for learners other than the first one. */
export const learnerThreads = new PlatformService<StartLearner>("worker threads");

/**
 * Checks that a trainer can have this number of learners, and returns what starts them.
 *
 * @throws InvalidStateError when the platform has no threads installed
 * @throws BackendError when the active backend is not wasm
 */
export function requireLearners(learners: number): StartLearner {
  const start = learnerThreads.require(`learners: ${learners}`, "leave it at 1");
  if (engine().backendName !== "wasm") {
    throw new BackendError(
      `learners: ${learners} needs the backend "wasm", the active one is "${engine().backendName}": ` +
        'call `await useBackend("wasm")` first, or leave learners at 1',
    );
  }
  return start;
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
