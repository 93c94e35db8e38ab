/** Program of a worker thread that steps environments. Started by WorkerVectorEnv. */

import { ChildProcess } from "node:child_process";
import { workerData } from "node:worker_threads";
import { yieldToEventLoop } from "../../core/yield.js";
import { buildEnvs } from "../../vector/env-list.js";
import { makeByRecipe } from "../../vector/env-recipe.js";
import { packError } from "../workers/sent-error.js";
import { EnvServer } from "./env-server.js";
import { loadRecipe } from "./load-recipe.js";
import type { Description, Message, WorkerSetup } from "./messages.js";
import { ControlBlock, Word, WorkerWord } from "./shared-memory.js";

// Milliseconds to wait for child processes to end.
const CLOSE_TIMEOUT = 1000;

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

// The main thread kills child processes when this thread hangs in one, even in the turn in which it was started, so it
// is notified immediately. Those that are left when all is closed are ended here.
const children: ChildProcess[] = [];
const prototype = ChildProcess.prototype as unknown as { spawn(this: ChildProcess, options: object): number };
const { spawn } = prototype;
prototype.spawn = function (options) {
  const result = spawn.call(this, options);
  const { pid } = this;
  if (pid === undefined) return result;
  children.push(this);
  post({ kind: "child", pid, index: Atomics.load(control.words, playing) });
  this.once("exit", () => post({ kind: "childEnd", pid }));
  return result;
};

// A function, since CommonJS has no await outside of one.
async function main(): Promise<void> {
  try {
    const recipe = await loadRecipe(setup.recipe);
    const { first, count } = setup;
    const remake = (index: number) => makeByRecipe(recipe, index);
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
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT))]);
  }
  await yieldToEventLoop(); // flushes output
  process.exit();
}

void main();
