/** Vector environment that steps its environments one after the other in this thread. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import { createTypedArray, type StateRecord, sizeOf, type TypedArray } from "../core/state.js";
import { type Env, type Frame, type ResetOptions, resetNames } from "../envs/env.js";
import type { ActionSpace, Box } from "../spaces/index.js";
import { checkActions, checkIndices, checkSeed } from "./check-arguments.js";
import { buildEnvs, closeEnvs } from "./env-list.js";
import { callMember, readMember, writeMember } from "./env-members.js";
import { EnvSlot, type SlotStep } from "./env-slot.js";
import { reportingEpisodes } from "./episode-monitor.js";
import type { VectorEnv, VectorReset, VectorStep } from "./vector-env.js";
import { readVectorState } from "./vector-state.js";

/** Options of {@link SyncVectorEnv}. */
export interface SyncVectorEnvOptions {
  /** Seed of the first `reset` without a seed. */
  seed?: number;
  /**
   * Replaces an environment that fails: its episode counts as truncated before the step, with reward 0, and
   * `info.failure` ({@link EnvRestart}) says why. The new one gets a fresh seed, derived from the old. Three
   * consecutive failures without a successful step stop everything. Default false: every failure does.
   */
  restartOnFailure?: boolean;
}

const names = optionNames<SyncVectorEnvOptions>({ seed: true, restartOnFailure: true });

/**
 * Vector environment that steps its environments one after the other. Same-step autoreset: the step that ends
 * an episode also starts the next one (see {@link VectorEnv}). Results share one flat buffer that
 * the next call overwrites.
 *
 * Whole episodes are reported in `info.episode`: an environment that does not report them is wrapped in
 * `RecordEpisodeStatistics`, as SB3 does with `Monitor`. If one of your wrappers splits games into lives or clips
 * rewards, put `RecordEpisodeStatistics` inside of it: only there the whole games are visible.
 *
 * If an environment throws, or returns an observation of the wrong form, NaN or infinity,
 * all environments are closed, and the error names the environment and the step.
 *
 * @example
 * ```ts
 * const envs = new SyncVectorEnv(Array.from({ length: 8 }, () => () => new CartPoleEnv()));
 * await envs.reset({ seed: 1 });
 * const { rewards, finalObservations } = await envs.step(new Int32Array(8));
 * await envs.close();
 * ```
 */
export class SyncVectorEnv implements VectorEnv {
  /** @inheritDoc */
  readonly numEnvs: number;
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: ActionSpace;
  /** @inheritDoc */
  readonly actionMeanings?: readonly string[];
  /** The current observations, flat `[numEnvs, ...shape]`: the buffer that all results share. */
  readonly observations: TypedArray;
  /** States of all environments and the current observations; missing when one cannot be saved. */
  readonly getState?: () => StateRecord;
  /**
   * Restores such a state: `step` then continues without a `reset`, and `observations` has its
   * contents. Missing when one environment cannot be saved.
   */
  readonly setState?: (state: StateRecord) => void;

  private readonly slots: readonly EnvSlot[];
  private readonly actionSize: number;
  private readonly result: VectorStep;
  private readonly firstSeed: number | undefined;
  private steps = 0;
  private phase: "new" | "running" | "closed" = "new";
  private closedBecause = "close() was called";

  /**
   * @param factories one function for each environment; each must make a new one
   * @throws InvalidArgumentError when there is none, two share one environment, or their spaces differ
   * @throws EnvFailedError when a factory throws an error that is not an NcpsError
   */
  constructor(factories: readonly (() => Env)[], options: SyncVectorEnvOptions = {}) {
    if (new.target === SyncVectorEnv) checkOptions("SyncVectorEnv", options, names);
    const { seed, restartOnFailure = false } = options;
    if (!Array.isArray(factories) || factories.length === 0) {
      throw new InvalidArgumentError(
        "factories",
        "expected a list of at least one function that makes an Env",
      );
    }
    checkSeed(seed);
    this.firstSeed = seed;
    const envs = buildEnvs(factories);
    const { observationSpace, actionSpace, actionMeanings } = envs[0];
    this.numEnvs = factories.length;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    if (actionMeanings) this.actionMeanings = actionMeanings;
    this.actionSize = sizeOf(actionSpace.shape);
    const size = sizeOf(observationSpace.shape);
    this.observations = createTypedArray(observationSpace.dtype, this.numEnvs * size);
    this.slots = envs.map((env, index) => {
      const row = this.observations.subarray(index * size, (index + 1) * size);
      const final = createTypedArray(observationSpace.dtype, size);
      const remake = restartOnFailure ? () => reportingEpisodes(factories[index]()) : undefined;
      return new EnvSlot({ index, env, row, final, remake });
    });
    this.result = {
      observations: this.observations,
      infos: envs.map(() => ({})),
      rewards: new Float32Array(this.numEnvs),
      terminated: new Uint8Array(this.numEnvs),
      truncated: new Uint8Array(this.numEnvs),
      finalObservations: new Array<TypedArray | null>(this.numEnvs).fill(null),
    };
    if (envs.every((env) => env.getState && env.setState)) {
      this.getState = () => this.saveState();
      this.setState = (state) => this.restoreState(state);
    }
  }

  /**
   * Resets all environments; environment `i` gets seed `seed + i`, all get the same `options`.
   *
   * @throws InvalidStateError after `close`
   * @throws EnvFailedError when an environment throws
   * @throws EnvContractError, NonFiniteError when an observation is malformed
   */
  async reset(start: ResetOptions = {}): Promise<VectorReset> {
    checkOptions("reset", start, resetNames);
    const { seed = this.phase === "new" ? this.firstSeed : undefined, options } = start;
    this.mustBeOpen("reset");
    checkSeed(seed);
    this.steps = 0;
    for (const [i, slot] of this.slots.entries()) {
      try {
        this.result.infos[i] = slot.reset({ seed: seed === undefined ? undefined : seed + i, options });
      } catch (error) {
        throw this.stop(error as Error);
      }
    }
    this.phase = "running";
    const { observations, infos } = this.result;
    return { observations, infos };
  }

  /**
   * Steps all environments. The same result object is returned every time.
   *
   * @param actions flat `[numEnvs]` for `Discrete`, `[numEnvs, ...shape]` for other spaces
   * @throws InvalidStateError before `reset` and after `close`
   * @throws ShapeError, InvalidArgumentError when an action is missing or outside of its space; then nothing is stepped
   * @throws EnvFailedError when an environment throws
   * @throws EnvContractError, NonFiniteError when an observation or a reward is malformed
   */
  async step(actions: ArrayLike<number>): Promise<VectorStep> {
    this.mustBeOpen("step");
    if (this.phase === "new") throw new InvalidStateError("step() before reset(): call reset() first");
    checkActions(actions, this.actionSpace, this.numEnvs);
    this.steps++;
    const { rewards, terminated, truncated, finalObservations, infos } = this.result;
    for (let i = 0; i < this.numEnvs; i++) {
      const slot = this.slots[i];
      let step: SlotStep;
      try {
        step = slot.step(actions, i * this.actionSize);
      } catch (error) {
        throw this.stop(error as Error);
      }
      rewards[i] = step.reward;
      terminated[i] = Number(step.terminated);
      truncated[i] = Number(step.truncated);
      infos[i] = step.info;
      finalObservations[i] = step.ended ? slot.final.slice() : null;
    }
    return this.result;
  }

  /** @inheritDoc */
  render(index: number): Frame {
    this.mustBeOpen("render");
    if (!(index in this.slots)) {
      throw new InvalidArgumentError("index", `expected 0..${this.numEnvs - 1}, received ${index}`);
    }
    return this.slots[index].env.render();
  }

  /**
   * Closes all environments. Calling it twice is allowed.
   *
   * @throws EnvFailedError when an environment throws; the others are closed nevertheless
   */
  async close(): Promise<void> {
    if (this.phase === "closed") return;
    this.phase = "closed";
    const failure = closeEnvs(this.envs);
    if (failure) throw this.slots[failure.index].failed("close", failure.cause);
  }

  /** Closes all environments at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Calls a method of every environment, or of its outermost wrapper with a method of that name
   * (SB3's `env_method`).
   *
   * @returns the results
   * @throws InvalidArgumentError when there is no such method
   * @throws InvalidStateError after `close`
   *
   * @example
   * ```ts
   * envs.call("setLevel", 3);
   * ```
   */
  call(name: string, ...args: unknown[]): unknown[] {
    this.mustBeOpen("call");
    return this.envs.map((env) => callMember(env, name, args));
  }

  /**
   * Reads a field of every environment, or of its outermost wrapper with such a field (SB3's `get_attr`).
   *
   * @throws InvalidArgumentError when there is no such field
   * @throws InvalidStateError after `close`
   */
  getAttr(name: string): unknown[] {
    this.mustBeOpen("getAttr");
    return this.envs.map((env) => readMember(env, name));
  }

  /**
   * Sets a field of every environment, or of its outermost wrapper with such a field (SB3's `set_attr`).
   *
   * @param indices indices of the environments, default all
   * @throws InvalidArgumentError when there is no such field or environment
   * @throws InvalidStateError after `close`
   */
  setAttr(name: string, value: unknown, indices?: readonly number[]): void {
    this.mustBeOpen("setAttr");
    for (const index of checkIndices(indices, this.numEnvs)) {
      writeMember(this.slots[index].env, name, value);
    }
  }

  /** Number of failed environments that were replaced (`restartOnFailure`). */
  get restarts(): number {
    return this.slots.reduce((sum, slot) => sum + slot.restarts, 0);
  }

  private get envs(): Env[] {
    return this.slots.map((slot) => slot.env);
  }

  private saveState(): StateRecord {
    this.mustBeOpen("getState");
    return {
      envs: this.envs.map((env) => env.getState?.() ?? null),
      observations: this.observations.slice(),
      seeds: this.slots.map((slot) => slot.seed),
      steps: this.steps,
      running: this.phase === "running",
    };
  }

  private restoreState(state: StateRecord): void {
    this.mustBeOpen("setState");
    const { envs, seeds, observations, steps, running } = readVectorState(state, this);
    this.phase = "new"; // until every environment has been restored
    for (const [i, slot] of this.slots.entries()) {
      slot.env.setState?.(envs[i]);
      slot.seed = seeds[i];
      slot.steps = steps;
    }
    this.observations.set(observations);
    this.steps = steps;
    this.phase = running ? "running" : "new";
  }

  private mustBeOpen(method: string): void {
    if (this.phase === "closed") {
      throw new InvalidStateError(
        `${method}() on closed environments (${this.closedBecause}): make new ones`,
      );
    }
  }

  private stop(error: Error): Error {
    closeEnvs(this.envs);
    this.phase = "closed";
    this.closedBecause = `they failed: ${error.message}`;
    return error;
  }
}
