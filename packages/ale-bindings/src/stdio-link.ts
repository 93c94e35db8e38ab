/** One Python process, spoken to over its standard input and output with promises: works on every system. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { packageFile } from "../lib/python-home.js";
import { Deadline } from "./deadline.js";
import { AleError, startFailed } from "./errors.js";
import { describeExit } from "./exit-reason.js";
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
import { errorIn, readValue, SMALL_REPLY, uint32 } from "./protocol.js";

/** A running emulator; see {@link Link}. One call at a time: the next one has to wait for the reply. */
export class StdioLink implements Link {
  /** @inheritDoc */
  readonly versions!: ProcessVersions;
  private readonly python: string;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly timeout: number;
  private printed = "";
  private failure: AleError | null = null;
  private reply: Uint8Array = new Uint8Array(0);
  private received = 0;
  private end = 4;
  private waiting: {
    into: Uint8Array;
    resolve(reply: Uint8Array): void;
    reject(error: unknown): void;
  } | null = null;
  private sent = false;
  private limit = 0;
  private early: Buffer[] = [];

  private constructor(options: ProcessOptions) {
    this.python = interpreter(options);
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    try {
      this.child = spawn(this.python, ["-B", packageFile("python/server.py"), "--stdio"], {
        stdio: "pipe",
        env: childEnvironment(),
        windowsHide: true,
      });
    } catch (cause) {
      throw notStarted(this.python, cause);
    }
    const { stdin, stdout, stderr } = this.child;
    if (!stdin) {
      // Where file descriptors run out, Node gives a child without streams and tells why later.
      this.child.on("error", () => {});
      throw startFailed(new Error("there are too many open files"));
    }
    this.child.on("error", (error) => this.fail(notStarted(this.python, error)));
    // "close" comes when everything that it printed has been read.
    this.child.on("close", (code, signal) => {
      this.fail(processDied(this.pid, describeExit(code, signal), quote(this.printed)));
    });
    stdin.on("error", () => {}); // the end of the process says more
    stdout.on("data", (chunk: Buffer) => this.take(chunk));
    stderr.on("data", (chunk: Buffer) => {
      this.printed = (this.printed + chunk.toString()).slice(-MAX_OUTPUT);
    });
    this.child.unref();
    for (const stream of [stdin, stdout, stderr]) (stream as unknown as Socket).unref?.();
  }

  /**
   * Starts a process and waits for its first word.
   *
   * @throws AleError `PYTHON_MISSING`, `PACKAGE_MISSING`, `START_FAILED`, `PROCESS_DIED`, `START_TIMEOUT`
   */
  static async start(options: ProcessOptions = {}): Promise<StdioLink> {
    const link = new StdioLink(options);
    const timeout = options.startTimeout ?? DEFAULT_TIMEOUT;
    link.sent = true; // the first word comes unasked
    try {
      const late = () => startTimeout(quote(link.printed));
      const hello = await link.wait(new Uint8Array(SMALL_REPLY), timeout, late);
      (link as { versions: ProcessVersions }).versions = readValue<ProcessVersions>(hello).value;
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  /** @inheritDoc */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @inheritDoc */
  send(request: Uint8Array, timeout = this.timeout): void {
    if (this.failure) throw this.failure;
    if (this.sent) {
      throw new AleError("INVALID_STATE", "expected one call at a time: await the one before");
    }
    this.sent = true;
    this.limit = timeout;
    this.child.stdin.write(request);
  }

  /** @inheritDoc */
  receive(into: Uint8Array): Promise<Uint8Array> {
    const { limit } = this;
    return this.wait(into, limit, () => processHung(this.pid, limit, quote(this.printed)));
  }

  /** @inheritDoc */
  async roundTrip(request: Uint8Array, into: Uint8Array, timeout?: number): Promise<Uint8Array> {
    this.send(request, timeout);
    return this.receive(into);
  }

  /** @inheritDoc */
  readObservation(into: Uint8Array, record: number, offset: number): void {
    into.set(this.reply.subarray(record + offset, record + offset + into.length));
  }

  /** @inheritDoc */
  close(): void {
    this.fail(closedError());
  }

  private async wait(into: Uint8Array, timeout: number, late: () => AleError): Promise<Uint8Array> {
    if (this.failure) throw this.failure;
    let timer: NodeJS.Timeout | undefined;
    const stdout = this.child.stdout as unknown as Socket;
    stdout.ref(); // until the reply is there, and no longer, the program has to go on
    try {
      const reply = await new Promise<Uint8Array>((resolve, reject) => {
        const deadline = new Deadline(timeout);
        timer = setInterval(() => {
          if (deadline.passed()) this.fail(late());
        }, deadline.pause);
        this.waiting = { into, resolve, reject };
        for (const chunk of this.early.splice(0)) this.take(chunk);
      });
      const error = errorIn(reply);
      if (error) throw error;
      return reply;
    } finally {
      clearInterval(timer);
      stdout.unref();
    }
  }

  private take(chunk: Buffer): void {
    if (!this.waiting) {
      this.early.push(chunk);
      return;
    }
    let from = 0;
    if (this.received === 0) this.reply = this.waiting.into;
    if (this.received < 4) {
      from = Math.min(4 - this.received, chunk.length);
      this.reply.set(chunk.subarray(0, from), this.received);
      this.received += from;
      if (this.received < 4) return;
      this.end = 4 + uint32(this.reply, 0);
      if (this.end > this.reply.length) {
        const larger = new Uint8Array(this.end);
        larger.set(this.reply.subarray(0, 4));
        this.reply = larger;
      }
    }
    this.reply.set(chunk.subarray(from), this.received);
    this.received += chunk.length - from;
    if (this.received < this.end) return;
    const { resolve } = this.waiting;
    this.waiting = null;
    this.sent = false;
    this.received = 0;
    resolve(this.end < this.reply.length ? this.reply.subarray(0, this.end) : this.reply);
  }

  private fail(error: AleError): void {
    if (this.failure) return;
    this.failure = error;
    endProcess(this.child);
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy();
    this.waiting?.reject(error);
    this.waiting = null;
  }
}
