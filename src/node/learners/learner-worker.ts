/** Program of a worker thread that learns. Started by WorkerLearner. */

import "tfjs-training/node";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { yieldToEventLoop } from "../../core/yield.js";
import { type ActorCritic, libraryModelFactory } from "../../models/index.js";
import { useBackend } from "../../recurrent/use-backend.js";
import { LearnerReplica } from "../../trainers/ppo/learners/learner-replica.js";
import type { LearnerCall } from "../../trainers/ppo/learners/learner-setup.js";
import { Rendezvous } from "../../trainers/ppo/learners/rendezvous.js";
import type { ActorCriticFactory } from "../../trainers/ppo/ppo-options.js";
import { importFunction } from "../workers/import-function.js";
import { packError } from "../workers/sent-error.js";
import type { SentMessage, WorkerSetup } from "./messages.js";

// How long the thread may go without a turn of its event loop (output of console.log), in milliseconds.
const TURN = 100;

const { setup, port } = workerData as WorkerSetup;
const { rank, learners, model, backend } = setup;
const rendezvous = new Rendezvous(setup.rendezvous, learners);
const post = (message: SentMessage) => port.postMessage(message);

process.on("exit", () => rendezvous.leave(rank));

async function makeReplica(): Promise<LearnerReplica> {
  const factory =
    "module" in model
      ? ((await importFunction("learnerModel", model)) as ActorCriticFactory)
      : await libraryModelFactory<ActorCritic>(model);
  await useBackend("wasm", backend);
  return new LearnerReplica(setup, rendezvous, factory);
}

async function serve(replica: LearnerReplica): Promise<void> {
  let answered = 0;
  while (!rendezvous.dismissed) {
    const { seen } = rendezvous;
    for (; answered < rendezvous.calls && !rendezvous.dismissed; answered++) {
      const call = receiveMessageOnPort(port)?.message as LearnerCall;
      replica.answer(call, (report) => post({ kind: "report", report }));
    }
    await yieldToEventLoop();
    if (!rendezvous.dismissed) rendezvous.sleep(seen, TURN);
  }
}

// A function, since CommonJS has no await outside of one.
async function main(): Promise<void> {
  try {
    const replica = await makeReplica();
    rendezvous.arrive(rank);
    await serve(replica);
    replica.dispose();
  } catch (error) {
    post({ kind: "failure", error: packError(error) });
  }
  await yieldToEventLoop(); // lets output out
  process.exit();
}

void main();
