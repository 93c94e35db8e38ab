/** The main thread's handle to a learner on a worker thread. */

import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { NcpsError } from "../../core/errors.js";
import type {
  LearnerCall,
  LearnerMessage,
  LearnerSetup,
  LearnerThread,
} from "../../trainers/ppo/learners/learner-setup.js";
import { sentSpecifier } from "../workers/import-function.js";
import { unpackError } from "../workers/sent-error.js";
import { startThread } from "../workers/start-thread.js";
import { workerScript } from "../workers/worker-script.js";
import type { SentMessage, WorkerSetup } from "./messages.js";

// Milliseconds that a thread may take to end by itself.
const CLOSE_TIMEOUT = 2000;

/** A learner on a worker thread. */
export class WorkerLearner implements LearnerThread {
  /** @inheritDoc */
  failure: unknown;
  private readonly thread: Worker;
  private readonly port: MessagePort;
  private readonly gone: Promise<void>;

  /**
   * Starts the thread.
   *
   * @throws InvalidArgumentError when the model's module is given by a relative path
   */
  constructor(setup: LearnerSetup) {
    if ("module" in setup.model) sentSpecifier("learnerModel", setup.model.module);
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.thread = startThread(workerScript("learner-worker"), {
      workerData: { setup, port: port2 } satisfies WorkerSetup,
      transferList: [port2],
      name: `learner-${setup.rank}`,
    });
    this.thread.unref(); // a trainer that was not closed must not keep the program alive
    this.thread.on("error", (error) => {
      this.failure ??= error;
    });
    this.gone = new Promise((resolve) => {
      this.thread.once("exit", (code) => {
        this.failure ??= new NcpsError("WORKER_EXITED", `the worker thread ended with exit code ${code}`);
        resolve();
      });
    });
  }

  /** @inheritDoc */
  post(call: LearnerCall): void {
    this.port.postMessage(call);
  }

  /** @inheritDoc */
  messages(): LearnerMessage[] {
    const all: LearnerMessage[] = [];
    for (;;) {
      const received = receiveMessageOnPort(this.port);
      if (!received) return all;
      const message = received.message as SentMessage;
      all.push(message.kind === "failure" ? { ...message, error: unpackError(message.error) } : message);
    }
  }

  /** @inheritDoc */
  async close(): Promise<void> {
    const timer = setTimeout(() => void this.thread.terminate(), CLOSE_TIMEOUT);
    await this.gone;
    clearTimeout(timer);
    this.port.close();
  }
}
