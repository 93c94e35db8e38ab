/** The main thread's handle to one worker: its thread, its messages, its end. */

import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { NcpsError } from "../../core/errors.js";
import type { Info } from "../../envs/env.js";
import { unpackError } from "../workers/sent-error.js";
import { startThread } from "../workers/start-thread.js";
import { workerScript } from "../workers/worker-script.js";
import type { InfoSchema } from "./info-codec.js";
import type { Call, Description, Message, Reply, WorkerSetup } from "./messages.js";
import { type ControlBlock, Word, WorkerWord } from "./shared-memory.js";

// Milliseconds between two checks of the clock while waiting for a reply.
const LOOK = 250;

// Loads the thread's program. This thread sleeps at that time and receives no events, so a failure to load the program
// is reported in the same way as a reply.
const BOOTSTRAP = `
const { workerData: { program, port, control, replies } } = require("node:worker_threads");
import(program).catch((thrown) => {
  const { name = "Error", message = String(thrown), stack, code } = Object(thrown);
  const properties = code === undefined ? {} : { code: String(code) };
  const text = "the program of the worker thread could not be loaded: " + message;
  port.postMessage({ kind: "refusal", error: { name, message: text, stack, properties } });
  const words = new Int32Array(control);
  Atomics.add(words, replies, 1);
  Atomics.notify(words, replies);
  setImmediate(() => process.exit(1));
});
`;

/** What a {@link WorkerLink} is made of. */
export interface WorkerLinkOptions {
  /** Start data of the worker, except the port. */
  setup: Omit<WorkerSetup, "port" | "program" | "replies">;
  /** The control block. */
  control: ControlBlock;
}

/** One worker thread. Calls wait for their reply and block this thread. */
export class WorkerLink {
  /** Index of the first environment. */
  readonly first: number;
  /** Indices of all its environments. */
  readonly indices: number[];
  /** Index of the worker. */
  readonly number: number;
  /** Why the thread has ended; `undefined` while it runs. */
  exitReason: unknown;
  /** Resolves when the thread has ended. */
  readonly gone: Promise<void>;
  /** Failures of environments that were reported and not yet handled. */
  readonly failures: unknown[] = [];
  /** Error of its last hang, while it lasts. */
  hung: NcpsError | undefined;
  private readonly thread: Worker;
  private readonly port: MessagePort;
  private readonly control: ControlBlock;
  private readonly infos = new Map<number, Info>();
  private readonly schemas: InfoSchema[] = [];
  // Process ids, and the environment that started each; -1 if unknown.
  private readonly children = new Map<number, number>();
  private readonly replies: Message[] = [];
  private progressAtStart = -1;

  /** Starts the thread; {@link WorkerLink.describe} waits for it. */
  constructor({ setup, control }: WorkerLinkOptions) {
    this.first = setup.first;
    this.indices = Array.from({ length: setup.count }, (_, k) => setup.first + k);
    this.control = control;
    this.number = setup.worker;
    for (const word of Object.values(WorkerWord)) Atomics.store(control.words, this.at(word), 0);
    Atomics.store(control.words, this.at(WorkerWord.playing), -1);
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.thread = startThread(BOOTSTRAP, {
      eval: true,
      workerData: {
        ...setup,
        port: port2,
        program: workerScript("env-worker").href,
        replies: this.at(WorkerWord.replies),
      } satisfies WorkerSetup,
      transferList: [port2],
      name: `env-worker-${setup.worker}`,
    });
    this.thread.unref(); // environments that were not closed must not keep the program alive
    this.thread.on("error", (error) => {
      this.exitReason ??= error;
    });
    this.gone = new Promise((resolve) => {
      this.thread.once("exit", (code) => {
        this.exitReason ??= new NcpsError("WORKER_EXITED", `the worker thread ended with exit code ${code}`);
        // Nothing may continue to wait for it.
        control.bump(Word.alarms);
        control.bump(Word.answered);
        resolve();
      });
    });
  }

  private at(word: number): number {
    return this.control.ofWorker(this.number, word);
  }

  /** Whether the thread has ended, by its own message or by its event. */
  get ended(): boolean {
    return this.exitReason !== undefined || Atomics.load(this.control.words, this.at(WorkerWord.ended)) === 1;
  }

  /** The environment that is being stepped, -1 for none. */
  get playing(): number {
    return Atomics.load(this.control.words, this.at(WorkerWord.playing));
  }

  /** Number of failed environments that the worker has replaced by itself. */
  get restarts(): number {
    return Atomics.load(this.control.words, this.at(WorkerWord.restarts));
  }

  /** Number of answered requests. */
  get progress(): number {
    return Atomics.load(this.control.words, this.at(WorkerWord.progress));
  }

  /** Marks its environments as replacements for those of a failed worker. */
  startsFresh(): void {
    this.progressAtStart = this.progress;
  }

  /** Whether its environments are replacements that have not answered anything yet. */
  get untried(): boolean {
    return this.progressAtStart === this.progress;
  }

  /** Wakes the thread: there is work. */
  wake(): void {
    this.control.bump(this.at(WorkerWord.wake));
  }

  /** Waits until the environments are created and returns their description. */
  describe(timeout: number): Description {
    return this.waitForReply("its start", timeout) as Description;
  }

  /**
   * Makes a call and waits for the reply.
   *
   * @throws the worker's error; NcpsError `WORKER_EXITED`, `STEP_TIMEOUT`
   */
  call(call: Call, timeout: number): Reply {
    this.post(call);
    return this.waitForReply(call.kind, timeout);
  }

  /** Makes a call without waiting. */
  post(call: Call): void {
    this.port.postMessage(call);
    Atomics.add(this.control.words, this.at(WorkerWord.calls), 1);
    this.wake();
  }

  private waitForReply(what: string, timeout: number): Reply {
    const { words } = this.control;
    let [left, before] = [timeout, performance.now()];
    for (;;) {
      const seen = Atomics.load(words, this.at(WorkerWord.replies));
      const reply = this.reply();
      if (reply !== undefined) return reply;
      if (this.ended) throw this.exitReason ?? new NcpsError("WORKER_EXITED", "the worker thread ended");
      if (left <= 0) throw timedOut(what, timeout);
      const pause = Math.min(left, LOOK);
      Atomics.wait(words, this.at(WorkerWord.replies), seen, pause);
      // If the whole process was suspended, as with Ctrl+Z, the thread could do nothing either.
      const now = performance.now();
      left -= Math.min(now - before, 2 * pause);
      before = now;
    }
  }

  /** The next reply, if there is one; throws the worker's error. */
  reply(): Reply | undefined {
    this.drain();
    const message = this.replies.shift();
    if (message?.kind === "refusal") throw unpackError(message.error);
    return message?.kind === "reply" ? message.value : undefined;
  }

  /** Handles all received messages. */
  drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.port);
      if (!received) return;
      const message = received.message as Message;
      if (message.kind === "schema") this.schemas.push(message.schema);
      else if (message.kind === "child") this.children.set(message.pid, message.index);
      else if (message.kind === "childEnd") this.children.delete(message.pid);
      else if (message.kind === "failure") {
        this.failures.push(unpackError(message.error));
      } else if (message.kind === "info") {
        this.infos.set(message.index, message.info);
      } else this.replies.push(message);
    }
  }

  /** The schema of an info in shared memory. */
  schema(number: number): InfoSchema {
    if (this.schemas.length <= number) this.drain();
    return this.schemas[number];
  }

  /** An info that was sent as a message. */
  infoOf(index: number): Info {
    if (!this.infos.has(index)) this.drain();
    const info = this.infos.get(index) ?? {};
    this.infos.delete(index);
    return info;
  }

  /**
   * Kills the child processes of the environment that is being stepped, e.g. an emulator that hangs.
   *
   * @returns whether the thread made progress within a second after that
   */
  async freeFromChildren(): Promise<boolean> {
    const { progress, playing } = this;
    if (!this.killChildren(playing)) return false;
    for (const end = performance.now() + 1000; performance.now() < end; ) {
      if (await this.endsWithin(5)) return false;
      const moved = this.progress !== progress || this.playing !== playing;
      this.drain();
      if (!moved && this.failures.length === 0) continue;
      if (this.failures.length === 0) this.hung = undefined; // it was replaced: a later failure has another reason
      return true;
    }
    return false;
  }

  // Those of one environment and those of unknown origin; without an environment all.
  private killChildren(of?: number): boolean {
    this.drain();
    let some = false;
    for (const [pid, index] of this.children) {
      if (of !== undefined && index !== of && index >= 0) continue;
      some = true;
      this.children.delete(pid);
      try {
        process.kill(pid, "SIGKILL");
      } catch {} // it has ended already
    }
    return some;
  }

  /**
   * Waits for the end of a thread that was asked to close, and terminates it when that takes too long.
   *
   * @returns the error it failed with, if any
   */
  async shutdownError(timeout: number): Promise<unknown> {
    let refusal: unknown;
    for (const end = performance.now() + timeout; performance.now() < end; ) {
      try {
        this.reply();
      } catch (error) {
        refusal = error;
      }
      if (await this.endsWithin(2)) return refusal;
    }
    await this.terminate();
    return refusal;
  }

  /** Terminates the thread. Resolves when it has ended, or after two seconds. */
  async terminate(): Promise<void> {
    this.killChildren();
    void this.thread.terminate();
    await this.endsWithin(2000);
  }

  /** Whether the thread ends within the given number of milliseconds. */
  async endsWithin(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, milliseconds, false);
    });
    const ended = await Promise.race([this.gone.then(() => true), timeout]);
    clearTimeout(timer);
    if (ended) this.port.close();
    return ended;
  }
}

/** Whether an error says that a worker thread ended or hung. */
export function isWorkerFailure(error: unknown): boolean {
  return error instanceof NcpsError && (error.code === "WORKER_EXITED" || error.code === "STEP_TIMEOUT");
}

/** The error of a worker that does not answer. */
export function timedOut(what: string, timeout: number): NcpsError {
  return new NcpsError(
    "STEP_TIMEOUT",
    `no answer to ${what} within ${timeout} ms: it hangs, or stepTimeout (startTimeout) is too short`,
  );
}
