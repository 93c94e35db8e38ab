/** The error of a learner on another thread. */

import { NcpsError } from "../../../core/errors.js";

/** What went wrong with a learner. */
export interface LearnerFailure {
  /** Number of the learner; 0 is the main thread. */
  learner: number;
  /** What it was doing, e.g. `"a step"`. */
  during: string;
  /** What it threw, or how its thread ended. */
  cause: unknown;
}

/**
 * A learner threw, or its thread ended or hangs. All learners are ended with it; the trainer's weights are those
 * after the last whole step, and its next `learn` starts new learners. Code `LEARNER_FAILED`.
 */
export class LearnerFailedError extends NcpsError {
  static {
    LearnerFailedError.prototype.name = "LearnerFailedError";
  }

  /** Number of the learner; 0 is the main thread. */
  readonly learner: number;
  /** What it was doing. */
  readonly during: string;

  /** @param failure which learner, in what, and why */
  constructor({ learner, during, cause }: LearnerFailure) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super("LEARNER_FAILED", `learner ${learner} failed in ${during}: ${reason}`, { cause });
    this.learner = learner;
    this.during = during;
  }
}
