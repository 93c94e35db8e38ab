/** A connection to one Python process. */

import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { DOCTOR_COMMAND, INSTALL_COMMAND, pythonPath } from "../lib/python-home.js";
import { AleError, startFailed } from "./errors.js";

/** Options of the Python process. */
export interface ProcessOptions {
  /**
   * The Python interpreter. Default: the environment variable `ALE_BINDINGS_PYTHON`, else the one that
   * `npx ale-bindings install` created.
   */
  python?: string;
  /** Timeout in milliseconds for starting a process, or loading its game for a `reset`, default 60000. */
  startTimeout?: number;
  /**
   * Timeout in milliseconds for each call, after which the process is ended, default 60000; `Infinity`
   * for none. Time during which this program itself was stopped, as after Ctrl+Z, does not count.
   */
  timeout?: number;
}

/** Versions in the Python process. */
export interface ProcessVersions {
  /** Version of Python. */
  python: string;
  /** Version of ale-py. */
  ale: string;
  /** Version of numpy. */
  numpy: string;
}

/**
 * A running Python process: one request, one reply. Its methods return values or promises,
 * depending on the kind of link.
 */
export interface Link {
  /** Process id. */
  readonly pid: number;
  /** Versions in the process. */
  readonly versions: ProcessVersions;
  /** Sends one complete request; `receive` has to follow, and the reply must arrive within `timeout` milliseconds. */
  send(request: Uint8Array, timeout?: number): void;
  /**
   * Waits for the reply. It is in `into` if it fits (at least 4096 bytes), otherwise in a larger array.
   *
   * @throws AleError the Python side's error, or `PROCESS_DIED`, `PROCESS_HUNG`
   */
  receive(into: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Calls `send` and `receive`. */
  roundTrip(request: Uint8Array, into: Uint8Array, timeout?: number): Uint8Array | Promise<Uint8Array>;
  /** Copies observations of the last reply, from byte `offset` of them; the reply itself is `record` bytes. */
  readObservation(into: Uint8Array, record: number, offset: number): void;
  /** Ends the process. Calling it twice is allowed. */
  close(): void;
}

/** Default of `startTimeout` and `timeout`. */
export const DEFAULT_TIMEOUT = 60_000;

/** Environment variables of the child: one emulator needs one thread; numpy would create one for every core. */
export const childEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
});

/**
 * Path of the interpreter.
 *
 * @throws AleError `PYTHON_MISSING`
 */
export function interpreter(options: ProcessOptions): string {
  const python = options.python ?? pythonPath();
  if (!existsSync(python)) throw pythonMissing(python);
  return python;
}

/**
 * Kills a process. One that could not be started must be left alone: Node then keeps an arbitrary number in place of
 * its process id, and would send the signal to it, at worst to 0, which is our own process group.
 */
export function endProcess(child: ChildProcess): void {
  if (child.pid !== undefined) child.kill("SIGKILL");
}

/** Creates the error for a program that could not be started: it cannot be run, or system resources are exhausted. */
export function notStarted(python: string, cause: unknown): AleError {
  const { code } = cause as NodeJS.ErrnoException;
  return ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ENOEXEC"].includes(code ?? "")
    ? pythonMissing(python, cause)
    : startFailed(cause);
}

/** Creates the error for an interpreter that does not exist. */
function pythonMissing(python: string, cause?: unknown): AleError {
  return new AleError(
    "PYTHON_MISSING",
    `expected a Python interpreter at ${python}, but it cannot be run. Run \`${INSTALL_COMMAND}\` once, ` +
      "or point ALE_BINDINGS_PYTHON at a Python that has ale-py",
    { cause },
  );
}

/** Creates the error for a process that ended: the reason, if known, and its last output. */
export function processDied(pid: number, reason: string, lastOutput: string, cause?: unknown): AleError {
  return new AleError(
    "PROCESS_DIED",
    `the Python process ${pid} ended unexpectedly${reason && ` (${reason})`}. Run \`${DOCTOR_COMMAND}\` to ` +
      `see what is wrong with the installation${lastOutput}`,
    { cause: cause ?? (reason ? new Error(reason) : undefined) },
  );
}

/** Creates the error for a process that is running but does not answer. */
export function processHung(pid: number, milliseconds: number, lastOutput: string): AleError {
  return new AleError(
    "PROCESS_HUNG",
    `the Python process ${pid} has not answered for ${milliseconds} ms and was ended. If the machine is just ` +
      `slow, raise the option timeout${lastOutput}`,
    { cause: new Error(`no answer for ${milliseconds} ms`) },
  );
}

/** Creates the error for a process that has not started in time. */
export function startTimeout(lastOutput: string): AleError {
  return new AleError(
    "START_TIMEOUT",
    `expected the Python process to answer in time, but it has not. Run \`${DOCTOR_COMMAND}\`, ` +
      `or raise startTimeout${lastOutput}`,
  );
}

/** Creates the error for calls after `close`. */
export function closedError(): AleError {
  return new AleError("INVALID_STATE", "the emulator is closed; create a new one");
}

/** Maximum number of characters of a process's output that messages quote. */
export const MAX_OUTPUT = 2000;

/** Formats the end of a process's output as the end of an error message. */
export function quote(printed: string): string {
  const text = printed.trim();
  return text ? `. It last printed:\n${text}` : ". It printed nothing";
}
