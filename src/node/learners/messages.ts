/** Start data and messages of learners on worker threads, as plain data. */

import type { MessagePort } from "node:worker_threads";
import type { LearnerMessage, LearnerSetup } from "../../trainers/ppo/learners/learner-setup.js";
import type { SentError } from "../workers/sent-error.js";

/** Start data of a worker thread. */
export interface WorkerSetup {
  /** Start data of its learner. */
  setup: LearnerSetup;
  /** The worker's end of the channel. */
  port: MessagePort;
}

/** A {@link LearnerMessage} as it is sent. */
export type SentMessage =
  | Exclude<LearnerMessage, { kind: "failure" }>
  | { kind: "failure"; error: SentError };
