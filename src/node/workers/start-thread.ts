/** Start of worker threads, independent of the options that this process was started with. */

import { Worker, type WorkerOptions } from "node:worker_threads";

// Options of Node that concern the program on its command line; a thread that inherits them cannot load a file.
const aboutMain = /^(--input-type|--eval|-e|--print|-p|-pe|--interactive|-i|--check|-c)(=.*)?$/;
const withValue = new Set(["--input-type", "--eval", "-e", "--print", "-p", "-pe"]);

/** The options of this process that a thread can inherit; `undefined` when that is all of them. */
export function inheritedArguments(execArgv: readonly string[]): string[] | undefined {
  const kept: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    if (!aboutMain.test(execArgv[i])) kept.push(execArgv[i]);
    else if (withValue.has(execArgv[i])) i++;
  }
  return kept.length === execArgv.length ? undefined : kept;
}

/** Starts a thread with the options of this process that it can inherit. */
export function startThread(program: string | URL, options: WorkerOptions): Worker {
  const execArgv = inheritedArguments(process.execArgv);
  try {
    return new Worker(program, { ...options, execArgv });
  } catch (error) {
    // Options of the whole process, e.g. --max-old-space-size, are inherited silently, but rejected when passed.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_WORKER_INVALID_EXEC_ARGV" || !execArgv) throw error;
    return new Worker(program, {
      ...options,
      execArgv: execArgv.filter((option) => !message.includes(option)),
    });
  }
}
