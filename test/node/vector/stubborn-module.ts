/** Modules that worker threads import: environments that fail again and again, or hang in a child process. */

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Env } from "../../../src/envs/env.js";
import { CountingEnv } from "../../vector/counting-env.js";

/** Ends its thread in its second step; the next `failures` threads end in their first reset. `file` counts them. */
export function makeExiting({ file, failures }: { file: string; failures: number }): Env {
  const lives = existsSync(file) ? readFileSync(file).length : 0;
  appendFileSync(file, ".");
  return new CountingEnv({
    length: 1e9,
    beforeReset: () => {
      if (lives > 0 && lives <= failures) process.exit(7);
    },
    beforeStep: (step) => {
      if (lives === 0 && step === 2) process.exit(7);
    },
  });
}

// Whether environment 0 has failed permanently.
let broken = false;
let hung = false;

/**
 * Each has a child process, reported in its infos. Environment 1 waits in step 3 for the end of its child process and
 * fails then; environment 0 fails in step 6, and so do all of its replacements.
 */
export function makeWithChild(_: object, index: number): Env {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  const pid = child.pid as number;
  const env = new CountingEnv({
    length: 1e9,
    beforeReset: () => {
      if (index === 0 && broken) throw new RangeError("broken");
    },
    beforeStep: (step) => {
      if (index === 1 && step === 3 && !hung) {
        hung = true;
        while (runs(pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        throw new RangeError("its child has ended");
      }
      if (index === 0 && step === 6) {
        broken = true;
        throw new RangeError("broken");
      }
    },
    change: (result) => ({ ...result, info: { pid } }),
  });
  env.close = () => {
    child.kill("SIGKILL");
  };
  return env;
}

// An ended child is not collected while this thread waits.
function runs(pid: number): boolean {
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** Starts a child process in its first step, writes its id to a file, and hangs in the same turn. */
export function makeHangingAtOnce({ file }: { file: string }): Env {
  return new CountingEnv({
    length: 1e9,
    beforeStep: () => {
      const { pid } = spawn("sleep", ["1000"], { stdio: "ignore" });
      appendFileSync(file, String(pid));
      for (;;);
    },
  });
}
