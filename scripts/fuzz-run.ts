/** Runs mutants of one target, one after the other, and reports failures. */

import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { Random } from "../src/core/random.js";
import type { FuzzTarget } from "./fuzz-targets/target.js";

/** Maximum seconds of processor time per mutant. */
const MOST_SECONDS = 2;
/** Maximum bytes per mutant beyond its own size. */
const MOST_BYTES = 200e6;
// After this many seconds a mutant counts as hung; the program cannot continue then.
const HANGS = 60;

/** Options of {@link fuzz}. */
export interface FuzzOptions {
  /** Number of mutants. */
  count: number;
  /** Seed of the mutants, default 0. */
  seed?: number;
  /** Number of the first mutant, default 0: to repeat a single one. */
  first?: number;
  /** Called with each failure. */
  onFailure?(failure: string): void;
}

/** Result of {@link fuzz}. */
export interface FuzzReport {
  /** Number of mutants rejected by typed errors. */
  typed: number;
  /** Number of mutants loaded with the right data. */
  loaded: number;
  /** All other outcomes, as text. */
  failures: string[];
}

/** Runs mutants of a target. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed = 0, first = 0, onFailure } = options;
  await target.prepare();
  const watch = watchHangs(target.name);
  const report: FuzzReport = { typed: 0, loaded: 0, failures: [] };
  const fail = (mutant: number, what: string) => {
    report.failures.push(`${target.name}, mutant ${mutant} of seed ${seed}: ${what}`);
    onFailure?.(report.failures[report.failures.length - 1]);
  };
  try {
    for (let k = first; k < first + count; k++) {
      const random = new Random(seed * 1_000_003 + k);
      const mutant = target.mutate(() => random.uniform());
      const peak = process.resourceUsage().maxRSS;
      const start = process.cpuUsage();
      watch.begin(k);
      try {
        report[await target.run(mutant)]++;
      } catch (error) {
        fail(k, error instanceof Error ? (error.stack ?? String(error)) : String(error));
      }
      watch.end();
      // Processor time, not wall time: other programs may delay this one.
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      if (seconds > MOST_SECONDS) fail(k, `it took ${seconds.toFixed(1)} s`);
      const grown = (process.resourceUsage().maxRSS - peak) * 1024;
      if (grown > MOST_BYTES) fail(k, `it took ${Math.round(grown / 1e6)} MB`);
    }
  } finally {
    await watch.stop();
  }
  return report;
}

// A separate thread detects a mutant that blocks this one forever.
function watchHangs(name: string) {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const source = `
    const { workerData: { words, pid, name, seconds } } = require("node:worker_threads");
    const { writeSync } = require("node:fs");
    let [last, since] = [0, Date.now()];
    setInterval(() => {
      const turn = Atomics.load(words, 0);
      if (turn !== last || turn % 2 === 0) [last, since] = [turn, Date.now()];
      if (Date.now() - since < 1000 * seconds) return;
      writeSync(2, name + ", mutant " + Atomics.load(words, 1) + ": hangs for " + seconds + " s\\n");
      process.kill(pid, "SIGKILL");
    }, 1000);`;
  const thread = new Worker(source, {
    eval: true,
    workerData: { words, pid: process.pid, name, seconds: HANGS },
    execArgv: [],
  });
  thread.unref();
  thread.on("error", (error) => writeSync(2, `the watch of hanging mutants failed: ${error.message}\n`));
  return {
    begin: (mutant: number) => {
      Atomics.store(words, 1, mutant);
      Atomics.add(words, 0, 1);
    },
    end: () => Atomics.add(words, 0, 1),
    stop: () => thread.terminate(),
  };
}
