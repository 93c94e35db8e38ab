/** One Python process, spoken to over named pipes without an event loop: every call waits for its answer. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { packageFile } from "../lib/python-home.js";
import { type Channels, openChannels } from "./channels.js";
import { Deadline } from "./deadline.js";
import type { AleError } from "./errors.js";
import { exitReason } from "./exit-reason.js";
import {
  childEnvironment,
  closedError,
  DEFAULT_TIMEOUT,
  endProcess,
  interpreter,
  type Link,
  MAX_OUTPUT,
  notStarted,
  type ProcessOptions,
  type ProcessVersions,
  processDied,
  processHung,
  quote,
  startTimeout,
} from "./link.js";
import { Mailbox } from "./mailbox.js";
import { errorIn, readValue, SMALL_REPLY, uint32 } from "./protocol.js";
import { Spinner } from "./spinner.js";
import { type Watch, watch } from "./watchdog.js";

// First byte of a message that announces a reply.
const SOON = 1;
// Words for replies that may wait in the pipe; many more would fill it.
const MOST_UNREAD = 1000;

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
  private readonly mailbox: Mailbox;
  private readonly spinner = new Spinner();
  private readonly announced = new Spinner();
  // Replies whose word in the pipe was not read yet.
  private unread = 0;
  private limit = 0;
  private failure: AleError | null = null;

  /**
   * Starts the process and waits for its first word.
   *
   * @throws AleError `PYTHON_MISSING`, `PACKAGE_MISSING`, `START_FAILED`, `PROCESS_DIED`, `START_TIMEOUT`,
   *   `UNSUPPORTED_PLATFORM`
   */
  constructor(options: ProcessOptions = {}) {
    const python = interpreter(options);
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.channels = openChannels();
    const { child, log, observation } = this.channels;
    this.mailbox = new Mailbox(observation);
    try {
      this.child = spawn(python, ["-B", packageFile("python/server.py")], {
        stdio: ["ignore", log, log, child.request, child.reply, observation],
        env: childEnvironment(),
      });
    } catch (cause) {
      const { request, reply, replyNow } = this.channels;
      for (const fd of [child.request, child.reply, request, reply, replyNow, observation, log])
        closeSync(fd);
      throw notStarted(python, cause);
    }
    this.child.on("error", () => {}); // a failed start shows as a missing pid below
    this.child.unref();
    closeSync(child.request);
    closeSync(child.reply);
    if (this.child.pid === undefined) throw this.shut(notStarted(python, whyNot(python)), true);
    this.pid = this.child.pid;
    this.unread = 1;
    const deadline = new Deadline(options.startTimeout ?? DEFAULT_TIMEOUT);
    const hello = this.checked(this.listen(new Uint8Array(SMALL_REPLY), deadline), true);
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
      const written = this.mailbox.ask(request);
      for (let sent = 0; sent < written.length; ) {
        sent += writeSync(this.channels.request, written, sent, written.length - sent);
      }
    } catch (cause) {
      throw this.died(cause);
    }
    this.watch?.end(); // what the caller does before it receives is not the process's time
  }

  /** @inheritDoc */
  receive(into: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    this.unread++;
    this.watch?.begin(this.limit);
    const start = performance.now();
    const seen = this.unread < MOST_UNREAD && this.spinner.spin(this.mailbox.answered);
    const reply = seen ? this.mailbox.take(into) : null;
    const whole = reply ?? this.listen(into);
    this.spinner.waited(performance.now() - start);
    return this.checked(whole);
  }

  /** @inheritDoc */
  roundTrip(request: Uint8Array, into: Uint8Array, timeout?: number): Uint8Array {
    this.send(request, timeout);
    return this.receive(into);
  }

  /** @inheritDoc */
  readObservation(into: Uint8Array, _record: number, offset: number): void {
    this.mailbox.readObservation(into, offset);
  }

  /** @inheritDoc */
  close(): void {
    this.shut(closedError());
  }

  // Reads the pipe up to the last reply. With a deadline it is read without waiting; afterwards every read waits, and
  // ends when the child does.
  private listen(into: Uint8Array, deadline?: Deadline): Uint8Array {
    let bytes = into;
    for (let received = 0; ; ) {
      const count = this.readSome(bytes, received, bytes.length - received, deadline);
      if (count === 0) throw this.died();
      received += count;
      while (received >= 4) {
        const first = uint32(bytes, 0);
        const end = first === SOON ? 4 : 4 + first;
        if (end > bytes.length) {
          const larger = new Uint8Array(end);
          larger.set(bytes.subarray(0, received));
          bytes = larger;
        }
        if (end > received) break;
        if (first !== SOON && --this.unread === 0) {
          return first === 0 ? (this.mailbox.take(into) as Uint8Array) : bytes.subarray(0, end);
        }
        bytes.copyWithin(0, end, received);
        received -= end;
        if (first === SOON && received === 0 && this.announced.spin(this.mailbox.answered)) {
          const reply = this.mailbox.take(into);
          if (reply) return reply;
        }
      }
    }
  }

  private checked(reply: Uint8Array, starting = false): Uint8Array {
    this.watch?.end();
    const error = errorIn(reply);
    if (!error) return reply;
    throw starting ? this.shut(error, true) : error;
  }

  private readSome(into: Uint8Array, offset: number, length: number, deadline?: Deadline): number {
    if (!deadline) return readSync(this.channels.reply, into, offset, length, null);
    for (;;) {
      try {
        return readSync(this.channels.replyNow, into, offset, length, null);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
      if (deadline.passed()) throw this.shut(startTimeout(this.lastOutput()), true);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }

  private died(cause?: unknown): AleError {
    const error = this.watch?.fired()
      ? processHung(this.pid, this.limit, this.lastOutput())
      : processDied(this.pid, exitReason(this.pid), this.lastOutput(), cause);
    return this.shut(error, this.versions === undefined);
  }

  private lastOutput(): string {
    const size = fstatSync(this.channels.log).size;
    const tail = Buffer.alloc(Math.min(size, MAX_OUTPUT));
    readSync(this.channels.log, tail, 0, tail.length, size - tail.length);
    return quote(tail.toString());
  }

  // Also a process that hangs or is stopped must not outlive its environment: it is killed.
  private shut(reason: AleError, starting = false): AleError {
    if (this.failure) return this.failure;
    this.failure = reason;
    this.watch?.stop();
    endProcess(this.child);
    closeSync(this.channels.request);
    closeSync(this.channels.reply);
    closeSync(this.channels.observation);
    closeSync(this.channels.log);
    if (starting) closeSync(this.channels.replyNow);
    return reason;
  }
}

// Of a program that could not be started `spawn` tells the reason only later, another attempt at once.
function whyNot(python: string): Error {
  return spawnSync(python, ["--version"]).error ?? new Error("the system was busy for a moment");
}
