/** What the main thread has asked of each environment of its workers, and how that stands. */

import type { StateRecord, TypedArray } from "../../core/state.js";
import { type ControlBlock, EnvWord, Request, type SharedArrays, Status, Word } from "./shared-memory.js";

/** Requests to environments and their answers, in shared memory. */
export class EnvBoard {
  /** What was asked of each environment and has not been taken. */
  readonly asked: Uint8Array;
  /** Steps of each environment since the last reset. */
  readonly steps: Float64Array;
  // Observations before the present step: where an episode stood whose thread ended in it.
  private readonly before: TypedArray | undefined;
  private readonly size: number;

  /**
   * @param control the control block · @param arrays the arrays
   * @param keepsBefore whether observations are kept in case a thread ends while it overwrites them
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

  /** Asks an environment for a step or a reset; its worker has to be woken. */
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

  /** Asks a new worker for what the one before has not answered. */
  askAgain(i: number): void {
    this.write(i, EnvWord.request, this.asked[i]);
  }

  /** Takes a request back whose worker has ended. */
  withdraw(i: number): void {
    this.write(i, EnvWord.request, Request.none);
  }

  /** Whether an environment was asked for something that has not been taken. */
  underWay(i: number): boolean {
    return this.asked[i] !== Request.none;
  }

  /** Whether it has answered. */
  isReady(i: number): boolean {
    return this.read(i, EnvWord.status) === Status.ready;
  }

  /** How many environments are under way. */
  countUnderWay(): number {
    let count = 0;
    for (let i = 0; i < this.asked.length; i++) count += Number(this.underWay(i));
    return count;
  }

  /** How many have answered. */
  countReady(): number {
    let count = 0;
    for (let i = 0; i < this.asked.length; i++) count += Number(this.isReady(i));
    return count;
  }

  /** The first `k` that have answered, in the order in which they did. */
  firstReady(k: number): Int32Array {
    const ticket = (i: number) => this.read(i, EnvWord.ticket);
    const ready = Array.from(this.asked.keys()).filter((i) => this.isReady(i));
    return Int32Array.from(ready.sort((a, b) => (ticket(a) - ticket(b)) | 0).slice(0, k));
  }

  /** Marks an answer as taken: the environment is at rest. */
  settle(i: number): void {
    this.asked[i] = Request.none;
    this.write(i, EnvWord.status, Status.idle);
  }

  /** Number of the info's schema. */
  schema(i: number): number {
    return this.read(i, EnvWord.schema);
  }

  /** The seed that an environment was given last. */
  seed(i: number): number | null {
    const seed = this.arrays.seeds[i];
    return Number.isNaN(seed) ? null : seed;
  }

  /** The last observation of an ended episode, a copy; `null` when none ended. */
  finalOf(i: number): TypedArray | null {
    if (!this.arrays.ended[i]) return null;
    return this.arrays.finals.slice(i * this.size, (i + 1) * this.size);
  }

  /** The present observation, a view. */
  row(i: number): TypedArray {
    return this.arrays.observations.subarray(i * this.size, (i + 1) * this.size);
  }

  /** Keeps the observation of an environment whose worker has ended as the last one of its episode. */
  keepAsFinal(i: number): void {
    this.arrays.finals.set(this.row(i), i * this.size);
  }

  /** The same, when the worker may have been overwriting it. */
  keepBeforeAsFinal(i: number): void {
    const { before, size } = this;
    if (before) this.arrays.finals.set(before.subarray(i * size, (i + 1) * size), i * size);
  }

  /** Cuts the episode of an answered step after it. */
  cutAfter(i: number): void {
    const { arrays } = this;
    if (arrays.ended[i] || this.asked[i] !== Request.step) return;
    this.keepAsFinal(i);
    arrays.truncated[i] = arrays.ended[i] = 1;
  }

  /** Answers a step in place of a worker that has ended: the episode was cut before it. */
  cutBefore(i: number): void {
    const { arrays, control } = this;
    if (!this.underWay(i)) this.note(i, Request.step);
    arrays.rewards[i] = arrays.terminated[i] = 0;
    arrays.truncated[i] = arrays.ended[i] = 1;
    this.write(i, EnvWord.ticket, Atomics.add(control.words, Word.tickets, 1));
    this.write(i, EnvWord.status, Status.ready);
  }

  /** Takes over seeds and steps of a saved state. */
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
  /** State of each. */
  envs: StateRecord[];
  /** Last seed of each. */
  seeds: (number | null)[];
  /** Steps since the last reset. */
  steps: number;
}
