/** Several learners, where the platform has threads; `ncps-ts/node` installs those of Node. */

import { engine } from "@tensorflow/tfjs-core";
import { BackendError } from "../../../core/errors.js";
import { PlatformService } from "../../../core/platform.js";
import { LearnerGroup, type LearnerGroupOptions } from "./learner-group.js";
import type { StartLearner } from "./learner-setup.js";

/** Threads for learners beside the first one. */
export const learnerThreads = new PlatformService<StartLearner>("worker threads");

/**
 * Whether a trainer can have so many learners here.
 *
 * @throws InvalidStateError when there are no threads
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
 * Makes the learners of a trainer. None is started yet.
 *
 * @throws InvalidStateError, BackendError as of {@link requireLearners}
 * @throws InvalidArgumentError when the model cannot be made on other threads
 */
export function makeLearners(options: Omit<LearnerGroupOptions, "start">): LearnerGroup {
  return new LearnerGroup({ ...options, start: requireLearners(options.hyperparameters.learners) });
}
