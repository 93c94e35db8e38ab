/** Ends processes that do not answer, while this thread waits for them and can do nothing itself. */

import { Worker } from "node:worker_threads";

/** Watches one process. */
export interface Watch {
  /** A call begins that may take `timeout` milliseconds. */
  begin(timeout: number): void;
  /** The call has its answer. */
  end(): void;
  /** Whether the process was ended because it did not answer. */
  fired(): boolean;
  /** Nothing is to be watched any more. */
  stop(): void;
}

const [CALLS, FIRED, STOPPED, TIMEOUT] = [0, 1, 2, 3];

// A thread that looks a few times a second. Odd numbers of `calls` mean that a call is under way.
const source = `
const { parentPort } = require("node:worker_threads");
const watched = new Set();
let timer = null;
const look = () => {
  const now = performance.now();
  for (const one of watched) {
    if (Atomics.load(one.state, ${STOPPED})) { watched.delete(one); continue; }
    const calls = Atomics.load(one.state, ${CALLS});
    if (calls !== one.calls || calls % 2 === 0) { one.calls = calls; one.since = now; continue; }
    if (now - one.since < Atomics.load(one.state, ${TIMEOUT})) continue;
    Atomics.store(one.state, ${FIRED}, 1);
    watched.delete(one);
    try { process.kill(one.pid, "SIGKILL"); } catch {}
  }
  const soonest = Math.min(...[...watched].map((one) => one.shortest));
  timer = watched.size ? setTimeout(look, Math.max(5, Math.min(250, soonest / 8))) : null;
};
parentPort.on("message", ({ pid, shortest, memory }) => {
  watched.add({ pid, shortest, state: new Int32Array(memory), calls: -1, since: 0 });
  clearTimeout(timer);
  look();
});
`;

let worker: Worker | null = null;

/** Watches the process `pid`: a call that takes too long ends it. `shortest`: the least timeout of its calls. */
export function watch(pid: number, shortest: number): Watch {
  const memory = new SharedArrayBuffer(16);
  const state = new Int32Array(memory);
  worker ??= start();
  worker.postMessage({ pid, shortest, memory });
  return {
    begin: (timeout) => {
      Atomics.store(state, TIMEOUT, timeout);
      Atomics.add(state, CALLS, 1);
    },
    end: () => Atomics.add(state, CALLS, 1),
    fired: () => Atomics.load(state, FIRED) === 1,
    stop: () => Atomics.store(state, STOPPED, 1),
  };
}

function start(): Worker {
  const made = new Worker(source, { eval: true, execArgv: [], env: {} });
  made.unref(); // it must not keep the program alive
  made.on("error", () => {
    worker = null;
  });
  return made;
}
