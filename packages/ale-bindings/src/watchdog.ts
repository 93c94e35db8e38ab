/** Ends processes that do not answer, while this thread is blocked waiting for them. */

import { Worker } from "node:worker_threads";
import { pauseFor } from "./deadline.js";

/** Watches one process. */
export interface Watch {
  /** Marks the start of a call that may take `timeout` milliseconds. */
  begin(timeout: number): void;
  /** Marks the end of the call. */
  end(): void;
  /** Whether the process was ended because it did not answer. */
  fired(): boolean;
  /** Stops watching. */
  stop(): void;
}

const [CALLS, FIRED, STOPPED, TIMEOUT] = [0, 1, 2, 3];
// Replaces values that a word cannot hold, including Infinity: 24 days.
const MOST = 2 ** 31 - 1;

// A thread that checks a few times per second. Odd numbers of `calls` mean that a call is in progress. A check that
// comes much too late counts as one in time: then the watched process was stopped as well, as after Ctrl+Z.
const source = `
const { parentPort } = require("node:worker_threads");
const watched = new Set();
let timer = null;
let pause = 0;
let before = 0;
const look = () => {
  const now = performance.now();
  const passed = Math.min(now - before, 2 * pause);
  before = now;
  for (const one of watched) {
    if (Atomics.load(one.state, ${STOPPED})) { watched.delete(one); continue; }
    const calls = Atomics.load(one.state, ${CALLS});
    if (calls !== one.calls || calls % 2 === 0) { one.calls = calls; one.waited = 0; continue; }
    one.waited += passed;
    if (one.waited < Atomics.load(one.state, ${TIMEOUT})) continue;
    Atomics.store(one.state, ${FIRED}, 1);
    watched.delete(one);
    try { process.kill(one.pid, "SIGKILL"); } catch {}
  }
  pause = Math.min(...[...watched].map((one) => one.pause));
  timer = watched.size ? setTimeout(look, pause) : null;
};
parentPort.on("message", ({ pid, pause, memory }) => {
  watched.add({ pid, pause, state: new Int32Array(memory), calls: -1, waited: 0 });
  clearTimeout(timer);
  look();
});
`;

let worker: Worker | null = null;

/** Watches the process `pid`: a call that takes too long ends it. `shortest`: the shortest timeout of its calls. */
export function watch(pid: number, shortest: number): Watch {
  const memory = new SharedArrayBuffer(16);
  const state = new Int32Array(memory);
  worker ??= start();
  worker.postMessage({ pid, pause: pauseFor(shortest), memory });
  return {
    begin: (timeout) => {
      Atomics.store(state, TIMEOUT, Math.min(Math.ceil(timeout), MOST));
      Atomics.add(state, CALLS, 1);
    },
    end: () => Atomics.add(state, CALLS, 1),
    fired: () => Atomics.load(state, FIRED) === 1,
    stop: () => Atomics.store(state, STOPPED, 1),
  };
}

function start(): Worker {
  const made = new Worker(source, { eval: true, execArgv: [], env: {} });
  made.unref(); // it must not keep the program running
  made.on("error", () => {
    worker = null;
  });
  return made;
}
