/** What learners on worker threads are started with and tell, as plain data. */

import type { MessagePort } from "node:worker_threads";
import type { LearnerMessage, LearnerSetup } from "../../trainers/ppo/learners/learner-setup.js";
import type { SentError } from "../workers/sent-error.js";

/** What a worker thread is started with. */
export interface WorkerSetup {
  /** What its learner is started with. */
  setup: LearnerSetup;
  /** Its end of the channel. */
  port: MessagePort;
}

/** A {@link LearnerMessage} as it is sent. */
export type SentMessage =
  | Exclude<LearnerMessage, { kind: "failure" }>
  | { kind: "failure"; error: SentError };
