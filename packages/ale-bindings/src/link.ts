/** A connection to one Python process. */

import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { DOCTOR_COMMAND, INSTALL_COMMAND, pythonPath } from "../lib/python-home.js";
import { AleError, startFailed } from "./errors.js";

/** Options of the Python process. */
export interface ProcessOptions {
  /**
   * The Python interpreter. Default: the environment variable `ALE_BINDINGS_PYTHON`, else the one that
   * `npx ale-bindings install` made.
   */
  python?: string;
  /** Milliseconds until a process that has not started, or loaded its game for a `reset`, counts as stuck, default 60000. */
  startTimeout?: number;
  /**
   * Milliseconds until a process that does not answer a call counts as stuck and is ended, default 60000; `Infinity`
   * for never. Time in which this program itself stood still, as after Ctrl+Z, does not count.
   */
  timeout?: number;
}

/** What runs in the Python process. */
export interface ProcessVersions {
  /** Version of Python. */
  python: string;
  /** Version of ale-py. */
  ale: string;
  /** Version of numpy. */
  numpy: string;
}

/**
 * A running Python process: one request, one reply. What its methods return is there at once or promised,
 * depending on the kind of link.
 */
export interface Link {
  /** Process id. */
  readonly pid: number;
  /** What runs in it. */
  readonly versions: ProcessVersions;
  /** Sends one whole request; `receive` has to follow, and the reply to come within `timeout` milliseconds. */
  send(request: Uint8Array, timeout?: number): void;
  /**
   * Waits for the reply. It lies in `into` where it fits (at least 4096 bytes), else in a larger array.
   *
   * @throws AleError what the Python side answered, or `PROCESS_DIED`, `PROCESS_HUNG`
   */
  receive(into: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** `send` and `receive`. */
  roundTrip(request: Uint8Array, into: Uint8Array, timeout?: number): Uint8Array | Promise<Uint8Array>;
  /** Copies observations that belong to the last reply, from byte `offset` of them; its own part is `record` bytes. */
  readObservation(into: Uint8Array, record: number, offset: number): void;
  /** Ends the process. Calling it twice is allowed. */
  close(): void;
}

/** Default of `startTimeout` and `timeout`. */
export const DEFAULT_TIMEOUT = 60_000;

/** The environment of the child: one emulator needs one thread; numpy would make one for every core. */
export const childEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
});

/**
 * Path of the interpreter to use.
 *
 * @throws AleError `PYTHON_MISSING`
 */
export function interpreter(options: ProcessOptions): string {
  const python = options.python ?? pythonPath();
  if (!existsSync(python)) throw pythonMissing(python);
  return python;
}

/**
 * Ends a process at once. One that could not be started must be let be: Node then keeps an arbitrary number in place of
 * its process id, and would send the signal to it, at worst to 0, which is our own process group.
 */
export function endProcess(child: ChildProcess): void {
  if (child.pid !== undefined) child.kill("SIGKILL");
}

/** Why a program could not be started: it cannot be run, or the system has no room for another process. */
export function notStarted(python: string, cause: unknown): AleError {
  const { code } = cause as NodeJS.ErrnoException;
  return ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ENOEXEC"].includes(code ?? "")
    ? pythonMissing(python, cause)
    : startFailed(cause);
}

/** There is nothing to run at this path. */
function pythonMissing(python: string, cause?: unknown): AleError {
  return new AleError(
    "PYTHON_MISSING",
    `expected a Python interpreter at ${python}, but it cannot be run. Run \`${INSTALL_COMMAND}\` once, ` +
      "or point ALE_BINDINGS_PYTHON at a Python that has ale-py",
    { cause },
  );
}

/** The process ended: why, where it is known, and what it said last. */
export function processDied(pid: number, reason: string, lastWords: string, cause?: unknown): AleError {
  return new AleError(
    "PROCESS_DIED",
    `the Python process ${pid} ended unexpectedly${reason && ` (${reason})`}. Run \`${DOCTOR_COMMAND}\` to ` +
      `see what is wrong with the installation${lastWords}`,
    { cause: cause ?? (reason ? new Error(reason) : undefined) },
  );
}

/** The process runs but does not answer. */
export function processHung(pid: number, milliseconds: number, lastWords: string): AleError {
  return new AleError(
    "PROCESS_HUNG",
    `the Python process ${pid} has not answered for ${milliseconds} ms and was ended. If the machine is just ` +
      `slow, raise the option timeout${lastWords}`,
    { cause: new Error(`no answer for ${milliseconds} ms`) },
  );
}

/** The process has not started in time. */
export function startTimeout(lastWords: string): AleError {
  return new AleError(
    "START_TIMEOUT",
    `expected the Python process to answer in time, but it has not. Run \`${DOCTOR_COMMAND}\`, ` +
      `or raise startTimeout${lastWords}`,
  );
}

/** For calls after `close`. */
export function closedError(): AleError {
  return new AleError("INVALID_STATE", "the emulator is closed; make a new one");
}

/** Most characters of what a process printed that messages quote. */
export const LAST_WORDS = 2000;

/** How a message ends that quotes the end of what the process printed. */
export function quote(printed: string): string {
  const text = printed.trim();
  return text ? `. It last printed:\n${text}` : ". It printed nothing";
}
