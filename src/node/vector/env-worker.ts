/** Program of a worker thread that plays environments. Started by WorkerVectorEnv. */

import "../../envs/builtin.js";
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { workerData } from "node:worker_threads";
import { buildEnvs } from "../../vector/env-list.js";
import { makeByRecipe } from "../../vector/env-recipe.js";
import { packError } from "../workers/sent-error.js";
import { EnvServer } from "./env-server.js";
import { loadRecipe } from "./load-recipe.js";
import type { Description, Message, WorkerSetup } from "./messages.js";
import { ControlBlock, Word, WorkerWord } from "./shared-memory.js";

// How long the end of child processes is waited for, in milliseconds.
const PATIENCE = 1000;

const setup = workerData as WorkerSetup;
const control = new ControlBlock(setup.control, setup.workers);
const playing = control.ofWorker(setup.worker, WorkerWord.playing);
const post = (message: Message) => setup.port.postMessage(message);

process.on("exit", () => {
  Atomics.store(control.words, control.ofWorker(setup.worker, WorkerWord.ended), 1);
  control.bump(control.ofWorker(setup.worker, WorkerWord.replies));
  control.bump(Word.alarms);
  control.bump(Word.answered);
});

// The main thread ends them when this thread hangs in one; here they are seen off when all is closed.
const children: ChildProcess[] = [];
const untold: { child: ChildProcess; index: number }[] = [];
subscribe("child_process", (message) => {
  const child = (message as { process: ChildProcess }).process;
  children.push(child);
  untold.push({ child, index: Atomics.load(control.words, playing) });
  queueMicrotask(tell); // it has its id a moment later
});

function tell(): void {
  for (const { child, index } of untold.splice(0)) {
    const { pid } = child;
    if (pid === undefined) continue;
    post({ kind: "child", pid, index });
    child.once("exit", () => post({ kind: "childEnd", pid }));
  }
}

// A function, since CommonJS has no await outside of one.
async function main(): Promise<void> {
  try {
    const recipe = await loadRecipe(setup.recipe);
    const { first, count } = setup;
    const remake = (index: number) => {
      const env = makeByRecipe(recipe, index);
      tell();
      return env;
    };
    const factories = Array.from({ length: count }, (_, k) => () => {
      Atomics.store(control.words, playing, first + k);
      const env = remake(first + k);
      Atomics.store(control.words, playing, -1);
      return env;
    });
    const envs = buildEnvs(factories, first);
    const { observationSpace, actionSpace, actionMeanings } = envs[0];
    const description: Description = {
      observationSpace: observationSpace.toJSON(),
      actionSpace: actionSpace.toJSON(),
      actionMeanings: actionMeanings ?? null,
      canSave: envs.every((env) => env.getState && env.setState),
    };
    post({ kind: "reply", value: description });
    control.bump(control.ofWorker(setup.worker, WorkerWord.replies));
    await new EnvServer(setup, envs, remake).serve();
  } catch (error) {
    post({ kind: "refusal", error: packError(error) });
    control.bump(control.ofWorker(setup.worker, WorkerWord.replies));
  }

  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ends = alive.map((child) => {
    child.ref();
    return new Promise((resolve) => child.once("exit", resolve));
  });
  if (ends.length > 0) {
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }
  await new Promise((resolve) => setImmediate(resolve)); // lets output out
  process.exit();
}

void main();
