/** One Python process, spoken to over named pipes without an event loop: every call waits for its answer. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { packageFile } from "../lib/python-home.js";
import { type Channels, openChannels } from "./channels.js";
import type { AleError } from "./errors.js";
import { exitReason } from "./exit-reason.js";
import {
  childEnvironment,
  closedError,
  DEFAULT_TIMEOUT,
  interpreter,
  type Link,
  type ProcessOptions,
  type ProcessVersions,
  processDied,
  processHung,
  pythonMissing,
  quote,
  startTimeout,
} from "./link.js";
import { errorIn, readValue, SMALL_REPLY, uint32 } from "./protocol.js";
import { Spinner } from "./spinner.js";
import { type Watch, watch } from "./watchdog.js";

const LAST_WORDS = 2000;

// The shared file: a byte that counts replies, and from here on observations.
const OBSERVATIONS = 64;

/** A running emulator; see {@link Link}. */
export class FifoLink implements Link {
  /** @inheritDoc */
  readonly pid: number;
  /** @inheritDoc */
  readonly versions: ProcessVersions;
  private readonly channels: Channels;
  private readonly child: ChildProcess;
  private readonly timeout: number;
  private readonly watch: Watch | null = null;
  private readonly spinner = new Spinner();
  private readonly counted = new Uint8Array(1);
  private replies = 0;
  private limit = 0;
  private failure: AleError | null = null;

  /**
   * Starts the process and waits for its first word.
   *
   * @throws AleError `PYTHON_MISSING`, `PACKAGE_MISSING`, `PROCESS_DIED`, `START_TIMEOUT`,
   *   `UNSUPPORTED_PLATFORM`
   */
  constructor(options: ProcessOptions = {}) {
    const python = interpreter(options);
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.channels = openChannels();
    const { child, log, observation } = this.channels;
    this.child = spawn(python, ["-B", packageFile("python/server.py")], {
      stdio: ["ignore", log, log, child.request, child.reply, observation],
      env: childEnvironment(),
    });
    this.child.on("error", () => {}); // a failed start shows as a missing pid below
    this.child.unref();
    closeSync(child.request);
    closeSync(child.reply);
    if (this.child.pid === undefined) throw this.shut(pythonMissing(python), true);
    this.pid = this.child.pid;
    const hello = this.read(
      new Uint8Array(SMALL_REPLY),
      performance.now() + (options.startTimeout ?? DEFAULT_TIMEOUT),
    );
    closeSync(this.channels.replyNow);
    this.versions = readValue<ProcessVersions>(hello).value;
    this.watch = watch(this.pid, this.timeout);
  }

  /** @inheritDoc */
  send(request: Uint8Array, timeout = this.timeout): void {
    if (this.failure) throw this.failure;
    this.limit = timeout;
    this.watch?.begin(timeout);
    try {
      for (let sent = 0; sent < request.length; ) {
        sent += writeSync(this.channels.request, request, sent, request.length - sent);
      }
    } catch (cause) {
      throw this.died(cause);
    }
  }

  /** @inheritDoc */
  receive(into: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    this.replies = (this.replies + 1) & 255;
    return this.read(into);
  }

  /** @inheritDoc */
  roundTrip(request: Uint8Array, into: Uint8Array, timeout?: number): Uint8Array {
    this.send(request, timeout);
    return this.receive(into);
  }

  /** @inheritDoc */
  readObservation(into: Uint8Array, _record: number, offset: number): void {
    readSync(this.channels.observation, into, 0, into.length, OBSERVATIONS + offset);
  }

  /** @inheritDoc */
  close(): void {
    this.shut(closedError());
  }

  // Whether the whole reply lies in the pipe: reading the pipe itself could mean sleeping.
  private readonly answered = (): boolean => {
    readSync(this.channels.observation, this.counted, 0, 1, 0);
    return this.counted[0] === this.replies;
  };

  // With a deadline the pipe is read without waiting; afterwards every read waits, and ends when the child does.
  private read(into: Uint8Array, deadline?: number): Uint8Array {
    let reply = into;
    let end = 4;
    for (let received = 0; received < end; ) {
      const wanted = (received < 4 ? reply.length : end) - received;
      const count = this.readSome(reply, received, wanted, deadline);
      if (count === 0) throw this.died();
      received += count;
      if (end === 4 && received >= 4 && uint32(reply, 0) === 0) {
        // The reply comes in a moment, or is here already.
        reply.copyWithin(0, 4, received);
        received -= 4;
        if (received === 0) this.spinner.spin(this.answered);
      }
      if (end === 4 && received >= 4) {
        end = 4 + uint32(reply, 0);
        if (end > reply.length) {
          const larger = new Uint8Array(end);
          larger.set(reply.subarray(0, received));
          reply = larger;
        }
      }
    }
    this.watch?.end();
    const whole = end < reply.length ? reply.subarray(0, end) : reply;
    const error = errorIn(whole);
    if (!error) return whole;
    throw deadline === undefined ? error : this.shut(error, true);
  }

  private readSome(into: Uint8Array, offset: number, length: number, deadline?: number): number {
    if (deadline === undefined) return readSync(this.channels.reply, into, offset, length, null);
    for (;;) {
      try {
        return readSync(this.channels.replyNow, into, offset, length, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
      if (performance.now() > deadline) throw this.shut(startTimeout(this.lastWords()), true);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }

  private died(cause?: unknown): AleError {
    const error = this.watch?.fired()
      ? processHung(this.pid, this.limit, this.lastWords())
      : processDied(this.pid, exitReason(this.pid), this.lastWords(), cause);
    return this.shut(error, this.versions === undefined);
  }

  private lastWords(): string {
    const size = fstatSync(this.channels.log).size;
    const tail = Buffer.alloc(Math.min(size, LAST_WORDS));
    readSync(this.channels.log, tail, 0, tail.length, size - tail.length);
    return quote(tail.toString());
  }

  // Also a process that hangs or is stopped must not outlive its environment: it is killed.
  private shut(reason: AleError, starting = false): AleError {
    if (this.failure) return this.failure;
    this.failure = reason;
    this.watch?.stop();
    this.child.kill("SIGKILL");
    closeSync(this.channels.request);
    closeSync(this.channels.reply);
    closeSync(this.channels.observation);
    closeSync(this.channels.log);
    if (starting) closeSync(this.channels.replyNow);
    return reason;
  }
}
