/** One Python process that holds one emulator, spoken to over two pipes. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, readSync, writeSync } from "node:fs";
import { DOCTOR_COMMAND, INSTALL_COMMAND, packageFile, pythonPath } from "../lib/python-home.js";
import { type Channels, openChannels } from "./channels.js";
import { AleError, type AleErrorCode } from "./errors.js";

/** Options of the Python process. */
export interface ProcessOptions {
  /**
   * The Python interpreter. Default: the environment variable `ALE_BINDINGS_PYTHON`, else the one that
   * `npx ale-bindings install` made.
   */
  python?: string;
  /** Milliseconds until a process that has not answered counts as stuck, default 60000. */
  startTimeout?: number;
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

/** Kinds of request; the protocol is described in python/server.py. */
export const Operation = { call: 0, step: 1, act: 2 } as const;

const ERROR_REPLY = 3;
const SMALL_REPLY = 4096;
const LAST_WORDS = 2000;

/** A running emulator. All calls wait for their reply. */
export class AleProcess {
  /** Process id. */
  readonly pid: number;
  /** What runs in it. */
  readonly versions: ProcessVersions;
  private readonly channels: Channels;
  private readonly child: ChildProcess;
  private failure: AleError | null = null;

  /**
   * Starts the process and waits for its first word.
   *
   * @throws AleError `PYTHON_MISSING`, `PACKAGE_MISSING`, `PROCESS_DIED`, `START_TIMEOUT`,
   *   `UNSUPPORTED_PLATFORM`
   */
  constructor(options: ProcessOptions = {}) {
    const python = options.python ?? pythonPath();
    if (!existsSync(python)) throw pythonMissing(python);
    this.channels = openChannels();
    const { child, log, observation } = this.channels;
    this.child = spawn(python, ["-B", packageFile("python/server.py")], {
      stdio: ["ignore", log, log, child.request, child.reply, observation],
      // One emulator needs one thread; numpy would make one for every core.
      env: { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" },
    });
    this.child.on("error", () => {}); // a failed start shows as a missing pid below
    this.child.unref();
    closeSync(child.request);
    closeSync(child.reply);
    if (this.child.pid === undefined) {
      this.shut(pythonMissing(python), true);
      throw this.failure;
    }
    this.pid = this.child.pid;
    const hello = this.receive(
      new Uint8Array(SMALL_REPLY),
      performance.now() + (options.startTimeout ?? 60_000),
    );
    closeSync(this.channels.replyNow);
    this.versions = readValue<ProcessVersions>(hello).value;
  }

  /**
   * Calls a method of the Python side.
   *
   * @param name method · @param args plain values · @param raw bytes sent along
   * @returns its plain result and the bytes that came along (valid as long as you keep them)
   */
  call<T>(name: string, args: readonly unknown[] = [], raw?: Uint8Array): { value: T; raw: Uint8Array } {
    return readValue<T>(this.request(name, args, new Uint8Array(SMALL_REPLY), raw));
  }

  /** Like {@link AleProcess.call}, with the whole reply in `into` (see {@link AleProcess.roundTrip}). */
  request(name: string, args: readonly unknown[], into: Uint8Array, raw?: Uint8Array): Uint8Array {
    const json = Buffer.from(JSON.stringify([name, args]));
    const request = Buffer.allocUnsafe(12 + json.length + (raw?.length ?? 0));
    request.writeUInt32LE(request.length - 4, 0);
    request.writeUInt32LE(Operation.call, 4);
    request.writeUInt32LE(json.length, 8);
    request.set(json, 12);
    if (raw) request.set(raw, 12 + json.length);
    return this.roundTrip(request, into);
  }

  /**
   * Sends one whole request and waits for its reply.
   *
   * @param into where the reply goes when it fits; at least 4096 bytes, else a larger array is made
   * @returns the array that holds the reply
   */
  roundTrip(request: Uint8Array, into: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    try {
      for (let sent = 0; sent < request.length; ) {
        sent += writeSync(this.channels.request, request, sent, request.length - sent);
      }
    } catch (cause) {
      throw this.died(cause);
    }
    return this.receive(into);
  }

  /** Copies the observation that belongs to the last reply. */
  readObservation(into: Uint8Array): void {
    readSync(this.channels.observation, into, 0, into.length, 0);
  }

  /** Ends the process. Calling it twice is allowed. */
  close(): void {
    if (!this.failure) {
      this.shut(new AleError("INVALID_STATE", "the emulator is closed; make a new one"));
    }
  }

  // With a deadline the pipe is read without waiting; afterwards every read waits, and ends when the child does.
  private receive(into: Uint8Array, deadline?: number): Uint8Array {
    let reply = into;
    let end = 4;
    for (let received = 0; received < end; ) {
      const wanted = (received < 4 ? reply.length : end) - received;
      const count = this.read(reply, received, wanted, deadline);
      if (count === 0) throw this.died();
      received += count;
      if (end === 4 && received >= 4) {
        end = 4 + uint32(reply, 0);
        if (end > reply.length) {
          const larger = new Uint8Array(end);
          larger.set(reply.subarray(0, received));
          reply = larger;
        }
      }
    }
    if (reply[4] === ERROR_REPLY) {
      const error = replyError(reply.subarray(8, end));
      if (deadline !== undefined) this.shut(error, true);
      throw error;
    }
    return end < reply.length ? reply.subarray(0, end) : reply;
  }

  private read(into: Uint8Array, offset: number, length: number, deadline?: number): number {
    if (deadline === undefined) return readSync(this.channels.reply, into, offset, length, null);
    for (;;) {
      try {
        return readSync(this.channels.replyNow, into, offset, length, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
      if (performance.now() > deadline) {
        this.child.kill("SIGKILL");
        const error = new AleError(
          "START_TIMEOUT",
          `expected the Python process to answer in time, but it has not. Run \`${DOCTOR_COMMAND}\`, ` +
            `or raise startTimeout${this.lastWords()}`,
        );
        this.shut(error, true);
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }

  private died(cause?: unknown): AleError {
    const error = new AleError(
      "PROCESS_DIED",
      `the Python process ${this.pid} ended unexpectedly. Run \`${DOCTOR_COMMAND}\` to see what is ` +
        `wrong with the installation${this.lastWords()}`,
      { cause },
    );
    this.shut(error, this.versions === undefined);
    return error;
  }

  private lastWords(): string {
    const size = fstatSync(this.channels.log).size;
    const tail = Buffer.alloc(Math.min(size, LAST_WORDS));
    readSync(this.channels.log, tail, 0, tail.length, size - tail.length);
    const text = tail.toString().trim();
    return text ? `. It last printed:\n${text}` : ". It printed nothing";
  }

  private shut(reason: AleError, starting = false): void {
    if (this.failure) return;
    this.failure = reason;
    closeSync(this.channels.request);
    closeSync(this.channels.reply);
    closeSync(this.channels.observation);
    closeSync(this.channels.log);
    if (starting) closeSync(this.channels.replyNow);
  }
}

function pythonMissing(python: string): AleError {
  return new AleError(
    "PYTHON_MISSING",
    `expected a Python interpreter at ${python}, but it cannot be run. Run \`${INSTALL_COMMAND}\` once, ` +
      "or point ALE_BINDINGS_PYTHON at a Python that has ale-py",
  );
}

function readValue<T>(reply: Uint8Array): { value: T; raw: Uint8Array } {
  const size = uint32(reply, 8);
  const value = JSON.parse(Buffer.from(reply.buffer, reply.byteOffset + 12, size).toString()) as T;
  return { value, raw: reply.subarray(12 + size) };
}

function replyError(json: Uint8Array): AleError {
  const { code, message, argument } = JSON.parse(Buffer.from(json).toString()) as {
    code: AleErrorCode;
    message: string;
    argument: string | null;
  };
  const remedy =
    code === "PACKAGE_MISSING" || code === "ROM_MISSING"
      ? `. Run \`${INSTALL_COMMAND}\`, or look with \`${DOCTOR_COMMAND}\``
      : "";
  return new AleError(code, `${argument ? `${argument}: ` : ""}${message}${remedy}`, {
    argument: argument ?? undefined,
  });
}

function uint32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24)) >>> 0
  );
}
