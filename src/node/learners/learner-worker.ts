/** Program of a worker thread that runs a learner. Started by WorkerLearner. */

import "tfjs-training/node";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { yieldToEventLoop } from "../../core/yield.js";
import { type ActorCritic, libraryModelFactory } from "../../models/index.js";
import { useBackend } from "../../recurrent/use-backend.js";
import { Barrier } from "../../trainers/ppo/learners/barrier.js";
import { LearnerReplica } from "../../trainers/ppo/learners/learner-replica.js";
import type { LearnerCall } from "../../trainers/ppo/learners/learner-setup.js";
import type { ActorCriticFactory } from "../../trainers/ppo/ppo-options.js";
import { importFunction } from "../workers/import-function.js";
import { packError } from "../workers/sent-error.js";
import type { SentMessage, WorkerSetup } from "./messages.js";

// Maximum time without a turn of the event loop (for the output of console.log), in milliseconds.
const TURN = 100;

const { setup, port } = workerData as WorkerSetup;
const { rank, learners, model, backend } = setup;
const barrier = new Barrier(setup.barrier, learners);
const post = (message: SentMessage) => port.postMessage(message);

process.on("exit", () => barrier.leave(rank));

async function makeReplica(): Promise<LearnerReplica> {
  const factory =
    "module" in model
      ? ((await importFunction("learnerModel", model)) as ActorCriticFactory)
      : await libraryModelFactory<ActorCritic>(model);
  await useBackend("wasm", backend);
  return new LearnerReplica(setup, barrier, factory);
}

async function serve(replica: LearnerReplica): Promise<void> {
  let answered = 0;
  while (!barrier.closed) {
    const { version } = barrier;
    for (; answered < barrier.calls && !barrier.closed; answered++) {
      const call = receiveMessageOnPort(port)?.message as LearnerCall;
      replica.answer(call, (report) => post({ kind: "report", report }));
    }
    await yieldToEventLoop();
    if (!barrier.closed) barrier.wait(version, TURN);
  }
}

// A function, since CommonJS has no await outside of one.
async function main(): Promise<void> {
  try {
    const replica = await makeReplica();
    barrier.arrive(rank);
    await serve(replica);
    replica.dispose();
  } catch (error) {
    post({ kind: "failure", error: packError(error) });
  }
  await yieldToEventLoop(); // flushes output
  process.exit();
}

void main();
