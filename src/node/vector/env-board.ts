/** Requests to the environments of all workers, and their status. */

import type { StateRecord, TypedArray } from "../../core/state.js";
import { type ControlBlock, EnvWord, Request, type SharedArrays, Status, Word } from "./shared-memory.js";

/** Requests to environments and their answers, in shared memory. */
export class EnvBoard {
  /** The request to each environment whose answer has not been taken. */
  readonly asked: Uint8Array;
  /** Steps of each environment since the last reset. */
  readonly steps: Float64Array;
  // Observations before the current step: the last ones of an episode whose thread ended in that step.
  private readonly before: TypedArray | undefined;
  private readonly size: number;

  /**
   * @param control the control block · @param arrays the arrays
   * @param keepsBefore whether observations are copied in case a thread ends while it overwrites them
   */
  constructor(
    private readonly control: ControlBlock,
    readonly arrays: SharedArrays,
    keepsBefore: boolean,
  ) {
    const numEnvs = arrays.rewards.length;
    this.asked = new Uint8Array(numEnvs);
    this.steps = new Float64Array(numEnvs);
    this.size = arrays.observations.length / numEnvs;
    if (keepsBefore) this.before = arrays.observations.slice();
  }

  /** Requests a step or a reset of an environment; its worker has to be woken. */
  ask(i: number, request: number): void {
    this.note(i, request);
    this.before?.set(this.row(i), i * this.size);
    this.write(i, EnvWord.status, Status.asked);
    this.write(i, EnvWord.request, request);
  }

  private note(i: number, request: number): void {
    this.asked[i] = request;
    this.steps[i] = request === Request.step ? this.steps[i] + 1 : 0;
  }

  /** Requests from a new worker what the previous one has not answered. */
  askAgain(i: number): void {
    this.write(i, EnvWord.request, this.asked[i]);
  }

  /** Withdraws a request whose worker has ended. */
  withdraw(i: number): void {
    this.write(i, EnvWord.request, Request.none);
  }

  /** Whether an environment has a request whose answer has not been taken. */
  underWay(i: number): boolean {
    return this.asked[i] !== Request.none;
  }

  /** Whether an environment has answered. */
  isReady(i: number): boolean {
    return this.read(i, EnvWord.status) === Status.ready;
  }

  /** Number of environments with a request. */
  countUnderWay(): number {
    let count = 0;
    for (let i = 0; i < this.asked.length; i++) count += Number(this.underWay(i));
    return count;
  }

  /** Number of environments that have answered. */
  countReady(): number {
    let count = 0;
    for (let i = 0; i < this.asked.length; i++) count += Number(this.isReady(i));
    return count;
  }

  /** The first `k` environments that have answered, in order of their answers. */
  firstReady(k: number): Int32Array {
    const ticket = (i: number) => this.read(i, EnvWord.ticket);
    const ready = Array.from(this.asked.keys()).filter((i) => this.isReady(i));
    return Int32Array.from(ready.sort((a, b) => (ticket(a) - ticket(b)) | 0).slice(0, k));
  }

  /** Marks an answer as taken: the environment is idle. */
  settle(i: number): void {
    this.asked[i] = Request.none;
    this.write(i, EnvWord.status, Status.idle);
  }

  /** Index of the info's schema. */
  schema(i: number): number {
    return this.read(i, EnvWord.schema);
  }

  /** The last seed of an environment. */
  seed(i: number): number | null {
    const seed = this.arrays.seeds[i];
    return Number.isNaN(seed) ? null : seed;
  }

  /** A copy of the last observation of an ended episode; `null` when none ended. */
  finalOf(i: number): TypedArray | null {
    if (!this.arrays.ended[i]) return null;
    return this.arrays.finals.slice(i * this.size, (i + 1) * this.size);
  }

  /** A view of the current observation. */
  row(i: number): TypedArray {
    return this.arrays.observations.subarray(i * this.size, (i + 1) * this.size);
  }

  /** Stores the observation of an environment whose worker has ended as the last one of its episode. */
  keepAsFinal(i: number): void {
    this.arrays.finals.set(this.row(i), i * this.size);
  }

  /** Stores the observation before the step, when the worker may have been overwriting the current one. */
  keepBeforeAsFinal(i: number): void {
    const { before, size } = this;
    if (before) this.arrays.finals.set(before.subarray(i * size, (i + 1) * size), i * size);
  }

  /** Truncates the episode after an answered step. */
  cutAfter(i: number): void {
    const { arrays } = this;
    if (arrays.ended[i] || this.asked[i] !== Request.step) return;
    this.keepAsFinal(i);
    arrays.truncated[i] = arrays.ended[i] = 1;
  }

  /** Answers a step in place of a worker that has ended: the episode was truncated before it. */
  cutBefore(i: number): void {
    const { arrays, control } = this;
    if (!this.underWay(i)) this.note(i, Request.step);
    arrays.rewards[i] = arrays.terminated[i] = 0;
    arrays.truncated[i] = arrays.ended[i] = 1;
    this.write(i, EnvWord.ticket, Atomics.add(control.words, Word.tickets, 1));
    this.write(i, EnvWord.status, Status.ready);
  }

  /** Restores seeds and steps of a saved state. */
  restore(seeds: readonly (number | null)[], steps: number): void {
    this.steps.fill(steps);
    this.arrays.seeds.set(seeds.map((seed) => seed ?? Number.NaN));
  }

  private read(i: number, word: 0 | 1 | 2 | 3): number {
    return Atomics.load(this.control.words, this.control.ofEnv(i, word));
  }

  private write(i: number, word: 0 | 1 | 2 | 3, value: number): void {
    Atomics.store(this.control.words, this.control.ofEnv(i, word), value);
  }
}

/** States of the environments of a pool. */
export interface SavedEnvs {
  /** State of each environment. */
  envs: StateRecord[];
  /** Last seed of each environment. */
  seeds: (number | null)[];
  /** Steps since the last reset. */
  steps: number;
}
