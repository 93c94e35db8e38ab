/** Vector environment on worker threads, over shared memory. */

import { checkOptions } from "../../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../../core/errors.js";
import { createTypedArray, type StateRecord, sizeOf, type TypedArray } from "../../core/state.js";
import { type Frame, type ResetOptions, resetNames } from "../../envs/env.js";
import type { ActionSpace, Box } from "../../spaces/index.js";
import type { AsyncVectorEnv, VectorBatch } from "../../vector/async-vector-env.js";
import { checkActions, checkIndices, checkSeed } from "../../vector/check-arguments.js";
import type { EnvModule } from "../../vector/env-recipe.js";
import type { VectorReset, VectorStep } from "../../vector/vector-env.js";
import { readVectorState } from "../../vector/vector-state.js";
import type { WorkerVectorEnvOptions } from "../../vector/worker-options.js";
import { Request, type SharedArrays } from "./shared-memory.js";
import { WorkerPool } from "./worker-pool.js";

/**
 * Vector environment that steps its environments on worker threads; observations, rewards, episode ends and actions are
 * in shared memory. Trajectories equal those of `SyncVectorEnv` with the same seeds, bit for bit, and
 * saved states can be exchanged with it. {@link WorkerVectorEnv.send} and {@link WorkerVectorEnv.recv} step parts.
 *
 * The constructor blocks until every thread has created its environments, and so do `render`, `getState` and
 * `setState`. `step` blocks for one millisecond, since that is fastest, and waits without blocking the
 * event loop after that. Each step costs some 50 microseconds per thread: environments that take less
 * time than that are faster in `SyncVectorEnv`.
 *
 * @example
 * ```ts
 * const envs = new WorkerVectorEnv("Arcade/Breakout-v0", { numEnvs: 16, wrapDeepmind: true, seed: 0 });
 * await envs.reset();
 * const { observations, rewards } = await envs.step(new Int32Array(16));
 * await envs.close();
 * ```
 */
export class WorkerVectorEnv implements AsyncVectorEnv {
  /** @inheritDoc */
  readonly numEnvs: number;
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: ActionSpace;
  /** @inheritDoc */
  readonly actionMeanings?: readonly string[];
  /** The current observations, flat `[numEnvs, ...shape]`, in shared memory: the buffer that all results share. */
  readonly observations: TypedArray;
  /** As in `SyncVectorEnv`; missing when an environment cannot be saved. */
  readonly getState?: () => StateRecord;
  /** As in `SyncVectorEnv`; missing when an environment cannot be saved. */
  readonly setState?: (state: StateRecord) => void;

  private readonly pool: WorkerPool;
  private readonly arrays: SharedArrays;
  private readonly firstSeed: number | undefined;
  private readonly everyone: Int32Array;
  private latest: Int32Array;
  private readonly size: number;
  private readonly result: VectorStep;
  private running = false;
  private waiting = false;

  /**
   * @param env registered id (built-in, Atari, or registered by a module of `imports`), or
   *   a function `(options, index) => Env` that a module exports
   * @throws InvalidArgumentError when an option is invalid or a module cannot be used
   * @throws NotRegisteredError when the id is unknown in the threads
   * @throws EnvFailedError when an environment cannot be created, or a thread ends or hangs at its start
   */
  constructor(env: string | EnvModule, options: WorkerVectorEnvOptions) {
    checkSeed(options.seed);
    this.firstSeed = options.seed;
    this.pool = new WorkerPool(env, options);
    const { observationSpace, actionSpace, actionMeanings, canSave } = this.pool.description;
    const { numEnvs } = options;
    const { arrays } = this.pool.board;
    this.numEnvs = numEnvs;
    this.arrays = arrays;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    if (actionMeanings) this.actionMeanings = actionMeanings;
    this.observations = arrays.observations;
    this.size = sizeOf(observationSpace.shape);
    this.everyone = Int32Array.from({ length: numEnvs }, (_, i) => i);
    this.latest = this.everyone;
    this.result = {
      observations: arrays.observations,
      infos: Array.from({ length: numEnvs }, () => ({})),
      rewards: arrays.rewards,
      terminated: arrays.terminated,
      truncated: arrays.truncated,
      finalObservations: new Array<TypedArray | null>(numEnvs).fill(null),
    };
    if (canSave) {
      this.getState = () => this.saveState();
      this.setState = (state) => this.restoreState(state);
    }
  }

  /** Number of threads. */
  get workers(): number {
    return this.pool.workers;
  }

  /** Number of failed environments that were replaced (`restartOnFailure`). */
  get restarts(): number {
    return this.pool.restarts;
  }

  /**
   * Resets all environments; environment `i` gets seed `seed + i`, all get the same `options`: plain values.
   *
   * @throws InvalidStateError after `close`, and while steps are pending
   * @throws EnvFailedError when an environment throws, or its thread ends or hangs
   * @throws EnvContractError, NonFiniteError when an observation is malformed
   */
  async reset(start: ResetOptions = {}): Promise<VectorReset> {
    checkOptions("reset", start, resetNames);
    const { seed = this.running ? undefined : this.firstSeed, options } = start;
    this.mustBeAtRest("reset");
    checkSeed(seed);
    if (options) this.pool.giveResetOptions(options);
    if (seed !== undefined) this.arrays.seeds.set(Array.from(this.everyone, (i) => seed + i));
    await this.playAll(seed === undefined ? Request.reset : Request.seededReset);
    this.running = true;
    const { observations, infos } = this.result;
    return { observations, infos };
  }

  /**
   * Steps all environments. The same result object is returned every time.
   *
   * @param actions flat `[numEnvs]` for `Discrete`, `[numEnvs, ...shape]` for other spaces
   * @throws InvalidStateError before `reset`, after `close`, and while steps are pending
   * @throws ShapeError, InvalidArgumentError when an action is missing or outside of its space; then nothing is stepped
   * @throws EnvFailedError when an environment throws, or its thread ends or hangs
   * @throws EnvContractError, NonFiniteError when an observation or a reward is malformed
   */
  async step(actions: ArrayLike<number>): Promise<VectorStep> {
    this.mustBeAtRest("step");
    this.mustBeReset("step");
    checkActions(actions, this.actionSpace, this.numEnvs);
    this.arrays.actions.set(actions);
    await this.playAll(Request.step);
    return this.result;
  }

  private async playAll(request: number): Promise<void> {
    const { pool, result, numEnvs } = this;
    this.waiting = true;
    this.latest = this.everyone;
    try {
      pool.ask(this.everyone, request);
      await pool.ready(numEnvs);
    } finally {
      this.waiting = false;
    }
    for (let i = 0; i < numEnvs; i++) {
      result.infos[i] = pool.take(i);
      result.finalObservations[i] = pool.board.finalOf(i);
    }
  }

  /**
   * @inheritDoc
   *
   * @throws InvalidStateError before `reset` and after `close`, and when one of them has a pending step
   * @throws ShapeError, InvalidArgumentError when an index or an action is invalid; then nothing is stepped
   */
  send(actions: ArrayLike<number>, envIds: ArrayLike<number> = this.latest): void {
    this.pool.mustBeOpen("send");
    this.mustBeReset("send");
    const chosen = Int32Array.from(envIds);
    const twice = new Set(chosen).size < chosen.length;
    for (const i of Array.from(envIds)) {
      if (!(i in this.everyone) || twice) {
        const range = `different integers in 0..${this.numEnvs - 1}`;
        throw new InvalidArgumentError(
          "envIds",
          `expected ${range}, received ${Array.from(envIds).join(", ")}`,
        );
      }
      if (this.pool.board.underWay(i)) {
        throw new InvalidStateError(`send() of environment ${i}, which is under way: recv() it first`);
      }
    }
    checkActions(actions, this.actionSpace, chosen.length);
    const each = sizeOf(this.actionSpace.shape);
    chosen.forEach((i, k) => {
      for (let j = 0; j < each; j++) this.arrays.actions[i * each + j] = actions[k * each + j];
    });
    this.pool.ask(chosen, Request.step);
  }

  /**
   * @inheritDoc
   *
   * @throws InvalidArgumentError when fewer than `k` steps are pending
   * @throws InvalidStateError after `close`, and while another `recv` or `step` waits
   * @throws EnvFailedError, EnvContractError, NonFiniteError as in `step`
   */
  async recv(k: number = this.pool.board.countUnderWay()): Promise<VectorBatch> {
    const { pool, arrays } = this;
    pool.mustBeOpen("recv");
    if (this.waiting) throw new InvalidStateError("recv() while another call waits: await that one first");
    const most = pool.board.countUnderWay();
    if (!(Number.isInteger(k) && k > 0 && k <= most)) {
      throw new InvalidArgumentError(
        "k",
        `expected an integer in 1..${most}, as many as were handed actions; received ${k}`,
      );
    }
    this.waiting = true;
    try {
      await pool.ready(k);
    } finally {
      this.waiting = false;
    }
    const envIds = pool.board.firstReady(k);
    this.latest = envIds.slice();
    const observations = createTypedArray(this.observationSpace.dtype, k * this.size);
    envIds.forEach((i, at) => {
      observations.set(pool.board.row(i), at * this.size);
    });
    return {
      envIds,
      observations,
      rewards: Float32Array.from(envIds, (i) => arrays.rewards[i]),
      terminated: Uint8Array.from(envIds, (i) => arrays.terminated[i]),
      truncated: Uint8Array.from(envIds, (i) => arrays.truncated[i]),
      finalObservations: Array.from(envIds, (i) => pool.board.finalOf(i)),
      infos: Array.from(envIds, (i) => pool.take(i)),
    };
  }

  /** @inheritDoc */
  render(index: number): Frame {
    this.mustBeAtRest("render");
    if (!(index in this.everyone)) {
      throw new InvalidArgumentError("index", `expected 0..${this.numEnvs - 1}, received ${index}`);
    }
    return this.pool.render(index);
  }

  /**
   * Closes all environments and ends their threads. Calling it twice is allowed.
   *
   * @throws EnvFailedError when an environment throws; the others are closed nevertheless
   */
  async close(): Promise<void> {
    await this.pool.close();
  }

  /** Closes all environments at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * As in `SyncVectorEnv`; arguments and results are plain values. Blocks this thread.
   *
   * @throws InvalidArgumentError when there is no such method, or a value cannot be sent
   * @throws InvalidStateError after `close`, and while steps are pending
   */
  call(name: string, ...args: unknown[]): unknown[] {
    this.mustBeAtRest("call");
    return this.pool.reach({ do: "call", name, args });
  }

  /**
   * As in `SyncVectorEnv`; the values are plain. Blocks this thread.
   *
   * @throws InvalidArgumentError when there is no such field, or its value cannot be sent
   * @throws InvalidStateError after `close`, and while steps are pending
   */
  getAttr(name: string): unknown[] {
    this.mustBeAtRest("getAttr");
    return this.pool.reach({ do: "get", name });
  }

  /**
   * As in `SyncVectorEnv`; the value is plain. Blocks this thread.
   *
   * @throws InvalidArgumentError when there is no such field or environment, or the value cannot be sent
   * @throws InvalidStateError after `close`, and while steps are pending
   */
  setAttr(name: string, value: unknown, indices?: readonly number[]): void {
    this.mustBeAtRest("setAttr");
    this.pool.reach({ do: "set", name, value, indices: checkIndices(indices, this.numEnvs) });
  }

  private saveState(): StateRecord {
    this.mustBeAtRest("getState");
    const { envs, seeds, steps } = this.pool.save();
    return { envs, observations: this.observations.slice(), seeds, steps, running: this.running };
  }

  private restoreState(state: StateRecord): void {
    this.mustBeAtRest("setState");
    const saved = readVectorState(state, this);
    this.running = false; // until every environment has been restored
    this.pool.restore(saved);
    this.observations.set(saved.observations);
    this.running = saved.running;
  }

  private mustBeAtRest(method: string): void {
    this.pool.mustBeOpen(method);
    if (this.waiting || this.pool.board.countUnderWay() > 0) {
      throw new InvalidStateError(
        `${method}() while environments are under way: await the call before, or recv() all of them`,
      );
    }
  }

  private mustBeReset(method: string): void {
    if (!this.running) throw new InvalidStateError(`${method}() before reset(): call reset() first`);
  }
}
