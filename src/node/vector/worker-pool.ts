/** The worker threads of one vector environment: requests, failures and shutdown. */

import { InvalidArgumentError, InvalidStateError, NcpsError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { EventLoopTurns } from "../../core/yield.js";
import type { Frame, Info } from "../../envs/env.js";
import { type ActionSpace, type Box, spaceFromJSON } from "../../spaces/index.js";
import { EnvFailedError } from "../../vector/env-failed-error.js";
import type { EnvModule } from "../../vector/env-recipe.js";
import { type EnvRestart, freshSeed, MOST_IN_A_ROW } from "../../vector/env-slot.js";
import type { VectorState } from "../../vector/vector-state.js";
import type { WorkerVectorEnvOptions } from "../../vector/worker-options.js";
import { EnvBoard, type SavedEnvs } from "./env-board.js";
import { HangWatch } from "./hang-watch.js";
import { readInfo } from "./info-codec.js";
import type { Call, MemberAccess, Reply } from "./messages.js";
import {
  allocateBuffers,
  INFO_NUMBERS,
  Request,
  SharedArrays,
  type SharedBuffers,
  Word,
} from "./shared-memory.js";
import { WorkerPlan } from "./start-workers.js";
import { isWorkerFailure, timedOut, type WorkerLink } from "./worker-link.js";

// Milliseconds for which the main thread blocks before it lets the event loop run.
const SPIN_MS = 1;
// Milliseconds that threads get to close their environments.
const CLOSING = 5000;
// The same, after a failure.
const STOPPING = 500;

// In ECMAScript since 2024, in Node since 16.
interface AsyncAtomics extends Atomics {
  waitAsync(words: Int32Array, index: number, value: number): { value: string | Promise<string> };
}

/** Sends requests to worker threads, collects their answers, and replaces workers that fail. */
export class WorkerPool {
  /** The spaces, the names of actions, whether states can be saved. */
  readonly description: {
    observationSpace: Box;
    actionSpace: ActionSpace;
    actionMeanings: readonly string[] | null;
    canSave: boolean;
  };
  /** Requests to each environment and their status. */
  readonly board: EnvBoard;
  private readonly plan: WorkerPlan;
  private readonly buffers: SharedBuffers;
  private readonly links: WorkerLink[] = [];
  private readonly linkOf: number[];
  // Environments whose thread ended while they were idle: their next step reports it.
  private readonly failedWhileIdle = new Map<number, EnvRestart>();
  private readonly lostInfos = new Map<number, Info>();
  private readonly failedAttempts = new Map<number, number>();
  private begun = false;
  private replaced = 0;
  // When every step is answered while blocking, timers, signals and thread ends must get their turn as well.
  private readonly turns = new EventLoopTurns();
  private closedBecause: string | undefined;
  private closing: Promise<void> | undefined;

  /** Starts the threads and waits until all environments are created. */
  constructor(env: string | EnvModule, options: WorkerVectorEnvOptions) {
    const plan = new WorkerPlan(env, options);
    const { numEnvs, workers, startTimeout } = plan;
    this.plan = plan;
    try {
      for (let w = 0; w < workers; w++) this.links.push(plan.start(w));
      const { observationSpace, actionSpace, ...rest } = plan.describeAll(this.links);
      this.description = {
        observationSpace: spaceFromJSON(observationSpace) as Box,
        actionSpace: spaceFromJSON(actionSpace) as ActionSpace,
        ...rest,
      };
      this.buffers = allocateBuffers(
        numEnvs,
        this.description.observationSpace,
        this.description.actionSpace,
      );
      const arrays = new SharedArrays(this.buffers);
      arrays.seeds.fill(Number.NaN);
      this.board = new EnvBoard(plan.control, arrays, plan.restartOnFailure);
      for (const link of this.links) link.call({ kind: "attach", buffers: this.buffers }, startTimeout);
    } catch (error) {
      void this.stop(error as Error);
      throw error;
    }
    this.linkOf = this.links.flatMap(({ indices }, w) => indices.map(() => w));
  }

  /** Number of threads. */
  get workers(): number {
    return this.links.length;
  }

  /** Number of failed environments that were replaced. */
  get restarts(): number {
    return this.links.reduce((sum, link) => sum + link.restarts, this.replaced);
  }

  /**
   * Requests steps or resets of environments; their actions and seeds must have been written.
   *
   * @throws EnvFailedError when a thread has ended and is not replaced
   */
  ask(indices: Int32Array, request: number): void {
    for (const link of this.links) this.alive(link);
    this.begun = true;
    const busy = new Set<WorkerLink>();
    for (const i of indices) {
      const failure = this.failedWhileIdle.get(i);
      this.failedWhileIdle.delete(i);
      if (failure && request === Request.step) {
        this.board.cutBefore(i);
        this.lostInfos.set(i, { failure });
      } else {
        this.board.ask(i, request);
        busy.add(this.links[this.linkOf[i]]);
      }
    }
    for (const link of busy) link.wake();
  }

  /**
   * Waits until `count` of the requested environments are ready.
   *
   * @throws the error that stopped an environment, after all have been stopped
   */
  async ready(count: number): Promise<void> {
    const { words } = this.plan.control;
    await this.turns.give();
    const spinUntil = performance.now() + SPIN_MS;
    const watch = new HangWatch(2 * this.pollInterval);
    for (;;) {
      const answered = Atomics.load(words, Word.answered);
      await this.recover();
      const missing = count - this.board.countReady();
      if (missing <= 0) return;
      Atomics.store(words, Word.wanted, answered + missing);
      const left = spinUntil - performance.now();
      if (left > 0) Atomics.wait(words, Word.answered, answered, left);
      else {
        await this.sleep(answered);
        await this.endHanging(watch);
      }
    }
  }

  // Sleeps until something is answered, without blocking the event loop; the timer keeps the process alive.
  private async sleep(answered: number): Promise<void> {
    const { words } = this.plan.control;
    const timer = setInterval(() => Atomics.notify(words, Word.answered), this.pollInterval);
    const { waitAsync } = Atomics as AsyncAtomics;
    await waitAsync(words, Word.answered, answered).value;
    clearInterval(timer);
  }

  // Milliseconds between two checks for threads that hang.
  private get pollInterval(): number {
    return Math.min(1000, Math.max(1, this.plan.stepTimeout / 4));
  }

  // Handles failures; replaces threads that have ended.
  private async recover(): Promise<void> {
    if (Atomics.exchange(this.plan.control.words, Word.alarms, 0) === 0) return;
    for (const link of this.links) {
      link.drain();
      const [failure] = link.failures;
      if (failure) throw await this.stop(withHangAsCause(failure, link));
      if (!link.ended || !(await link.endsWithin(1000))) continue;
      if (this.closedBecause !== undefined) {
        // The thread was asked to end: it is not replaced.
        throw new InvalidStateError(
          `the environments were closed during the call (${this.closedBecause}): make new ones`,
        );
      }
      try {
        this.replace(link);
      } catch (error) {
        throw await this.stop(error as Error);
      }
    }
  }

  private async endHanging(watch: HangWatch): Promise<void> {
    const { board } = this;
    const { stepTimeout } = this.plan;
    for (const link of this.links) {
      const busy = link.indices.some((i) => board.underWay(i) && !board.isReady(i));
      if (link.exitReason !== undefined || watch.quietFor(link, busy) < stepTimeout) continue;
      link.hung = timedOut("a request", stepTimeout);
      const playing = this.workerFailure(link);
      if (await link.freeFromChildren()) continue;
      await link.terminate();
      if (link.exitReason === undefined) throw await this.stop(playing); // stuck in a system call
    }
  }

  // Replaces a thread that has ended; the episodes of its environments are truncated.
  private replace(link: WorkerLink): void {
    const { board, plan } = this;
    const failed = this.workerFailure(link);
    const attempts = link.untried ? (this.failedAttempts.get(link.number) ?? 0) + 1 : 0;
    this.failedAttempts.set(link.number, attempts);
    if (!plan.restartOnFailure || attempts === MOST_IN_A_ROW) throw failed;
    const { reason: message, during } = failed;
    const failures = new Map<number, EnvRestart>();
    const [ready, resets, others]: number[][] = [[], [], []];
    for (const i of link.indices) {
      failures.set(i, { message, during, seed: board.seed(i), step: board.steps[i] });
      board.withdraw(i);
      if (board.isReady(i)) {
        this.lostInfos.set(i, { ...this.infoOf(i), failure: failures.get(i) });
        board.cutAfter(i);
        ready.push(i);
      } else if (board.asked[i] > Request.step) resets.push(i);
      else {
        if (board.underWay(i)) board.keepBeforeAsFinal(i);
        else board.keepAsFinal(i);
        others.push(i);
      }
    }
    const next = this.startFresh(link, this.begun ? [...ready, ...others] : []);
    if (this.begun) for (const i of others) this.reportFailure(i, failures.get(i) as EnvRestart);
    for (const i of resets) board.askAgain(i);
    next.wake();
  }

  // Starts threads until the environments of one have started new episodes.
  private startFresh(link: WorkerLink, indices: number[]): WorkerLink {
    const { board, plan } = this;
    const { number } = link;
    const steps = indices.map((i) => board.steps[i]);
    for (let lost = link; ; ) {
      this.replaced += lost.indices.length + lost.restarts;
      const next = plan.start(number);
      this.links[number] = next;
      plan.describe(next);
      next.call({ kind: "attach", buffers: this.buffers }, plan.startTimeout);
      const seeds = indices.map((i) => freshSeed(board.seed(i)));
      indices.forEach((i, k) => {
        board.arrays.seeds[i] = seeds[k] ?? Number.NaN;
      });
      try {
        next.call({ kind: "begin", indices, seeds, steps }, plan.stepTimeout);
        next.startsFresh();
        return next;
      } catch (error) {
        if (!next.ended) throw error;
        const attempts = (this.failedAttempts.get(number) ?? 0) + 1;
        this.failedAttempts.set(number, attempts);
        if (attempts === MOST_IN_A_ROW) throw this.failed(Math.max(next.playing, next.first), "reset", error);
        lost = next;
      }
    }
  }

  private reportFailure(i: number, failure: EnvRestart): void {
    if (!this.board.underWay(i)) {
      this.failedWhileIdle.set(i, failure);
      return;
    }
    this.board.cutBefore(i);
    this.lostInfos.set(i, { failure });
  }

  /** Takes the info of an environment that is ready; then it is idle. */
  take(i: number): Info {
    const info = this.lostInfos.get(i) ?? this.infoOf(i);
    this.lostInfos.delete(i);
    this.board.settle(i);
    return info;
  }

  private infoOf(i: number): Info {
    const link = this.links[this.linkOf[i]];
    const schema = this.board.schema(i);
    if (schema < 0) return link.infoOf(i);
    return readInfo(link.schema(schema), this.board.arrays.infos, i * INFO_NUMBERS);
  }

  /** Renders an environment. */
  render(index: number): Frame {
    return this.calling("render", index, (link, timeout) =>
      link.call({ kind: "render", index }, timeout),
    ) as Frame;
  }

  /** Sets the options for the next reset of all environments. */
  giveResetOptions(options: Readonly<Record<string, unknown>>): void {
    for (const { first } of this.links) this.asking("reset", first, { kind: "resetOptions", options });
  }

  /** Calls a method or accesses a field of all environments. */
  reach(access: MemberAccess): unknown[] {
    return this.links.flatMap(
      ({ first }) =>
        this.asking(`${access.do} of ${access.name}`, first, { kind: "member", access }) as unknown[],
    );
  }

  private asking(during: string, index: number, call: Call): Reply {
    return this.calling(during, index, (link, timeout) => {
      try {
        return link.call(call, timeout);
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "DataCloneError")) throw error;
        throw new InvalidArgumentError(
          during,
          `expected values that can be sent to worker threads: ${error.message}`,
          { cause: error },
        );
      }
    });
  }

  /** Saves the states of all environments, their seeds and steps. */
  save(): SavedEnvs {
    const envs = this.links.flatMap(({ first }) =>
      this.calling("getState", first, (link, timeout) => {
        return link.call({ kind: "getState" }, timeout) as StateRecord[];
      }),
    );
    return { envs, seeds: envs.map((_, i) => this.board.seed(i)), steps: Math.max(...this.board.steps) };
  }

  /** Restores states. */
  restore({ envs, seeds, steps }: VectorState): void {
    for (const { first } of this.links) {
      this.calling("setState", first, (link, timeout) => {
        const own = <T>(list: readonly T[]) => link.indices.map((i) => list[i]);
        return link.call({ kind: "setState", envs: own(envs), seeds: own(seeds), steps }, timeout);
      });
    }
    this.begun = true;
    this.failedWhileIdle.clear();
    this.board.restore(seeds, steps);
  }

  // A thread that ends or hangs in a call stops all, since this thread is blocked by it.
  private calling<T>(during: string, index: number, call: (link: WorkerLink, timeout: number) => T): T {
    const link = this.alive(this.links[this.linkOf[index]]);
    try {
      return call(link, this.plan.stepTimeout);
    } catch (error) {
      if (!isWorkerFailure(error)) throw error;
      const failure = this.failed(index, during, error);
      void this.stop(failure);
      throw failure;
    }
  }

  // A thread may have ended while it had no request.
  private alive(link: WorkerLink): WorkerLink {
    if (link.exitReason === undefined) return link;
    try {
      this.replace(link);
    } catch (error) {
      void this.stop(error as Error);
      throw error;
    }
    return this.links[link.number];
  }

  /** Throws when the environments are closed. */
  mustBeOpen(method: string): void {
    if (this.closedBecause === undefined) return;
    throw new InvalidStateError(`${method}() on closed environments (${this.closedBecause}): make new ones`);
  }

  /** Lets every thread close its environments and end; terminates those that do not. */
  async close(): Promise<void> {
    if (this.closedBecause === undefined) {
      this.closedBecause = "close() was called";
      for (const link of this.links) if (!link.ended) link.post({ kind: "close" });
      const failures = Promise.all(this.links.map((link) => link.shutdownError(CLOSING)));
      this.closing = failures.then(() => undefined);
      const failure = (await failures).find((error) => error !== undefined);
      if (failure !== undefined) throw failure;
    }
    await this.closing;
  }

  private async stop(error: Error): Promise<Error> {
    this.closedBecause ??= `they failed: ${error.message}`;
    this.closing ??= Promise.all(this.links.map((link) => this.end(link))).then(() => undefined);
    await this.closing;
    return error;
  }

  // Threads that still respond close their environments.
  private async end(link: WorkerLink): Promise<void> {
    if (link.ended) return link.terminate();
    link.post({ kind: "close" });
    await link.shutdownError(STOPPING);
  }

  private workerFailure(link: WorkerLink): EnvFailedError {
    const index = link.playing >= 0 ? link.playing : link.first;
    const during = this.board.asked[index] > Request.step ? "reset" : "step";
    return this.failed(index, during, link.hung ?? link.exitReason);
  }

  private failed(index: number, during: string, cause: unknown): EnvFailedError {
    const { id } = this.plan;
    const { steps } = this.board;
    const seed = this.board.seed(index) ?? undefined;
    return new EnvFailedError({ index, id, seed, step: steps[index], during, cause });
  }
}

// An environment may have failed because the process it waited for was killed: the reason is that it hung.
function withHangAsCause(error: unknown, { hung }: WorkerLink): Error {
  if (!hung || !(error instanceof EnvFailedError)) return error as Error;
  const { index, seed, step, during, cause } = error;
  return new EnvFailedError({
    index,
    seed,
    step,
    during,
    cause: new NcpsError(hung.code, hung.message, { cause }),
  });
}
