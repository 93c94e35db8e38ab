/** The error of a learner on another thread. */

import { NcpsError } from "../../../core/errors.js";

/** Description of a learner's failure. */
export interface LearnerFailure {
  /** Rank of the learner; 0 is the main thread. */
  learner: number;
  /** What the learner was doing, e.g. `"a step"`. */
  during: string;
  /** The error it threw, or how its thread ended. */
  cause: unknown;
}

/**
 * Thrown when a learner throws, or its thread ends or hangs. All learners are stopped; the trainer has the weights
 * after the last complete step, and its next `learn` starts new learners. Code `LEARNER_FAILED`.
 */
export class LearnerFailedError extends NcpsError {
  static {
    LearnerFailedError.prototype.name = "LearnerFailedError";
  }

  /** Rank of the learner; 0 is the main thread. */
  readonly learner: number;
  /** What the learner was doing. */
  readonly during: string;

  /** @param failure which learner failed, in what, and why */
  constructor({ learner, during, cause }: LearnerFailure) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super("LEARNER_FAILED", `learner ${learner} failed in ${during}: ${reason}`, { cause });
    this.learner = learner;
    this.during = during;
  }
}
