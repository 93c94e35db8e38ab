/** Environments stepped one after the other in this thread. */

import { EnvContractError, InvalidArgumentError, InvalidStateError, NonFiniteError } from "../core/errors.js";
import { createTypedArray, type StateRecord, sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { type ActionSpace, type Box, Discrete } from "../spaces/index.js";
import { checkActions, checkSeed } from "./check-arguments.js";
import { EnvFailedError } from "./env-failed-error.js";
import { buildEnvs, closeEnvs } from "./env-list.js";
import type { VectorEnv, VectorReset, VectorStep } from "./vector-env.js";

/** Options of {@link SyncVectorEnv}. */
export interface SyncVectorEnvOptions {
  /** Seed of the first `reset` that is not given one. */
  seed?: number;
}

/**
 * Vector environment that steps its environments in turn. Same-step autoreset: the step that ends
 * an episode also starts the next one (see {@link VectorEnv}). Results share one flat buffer that
 * the next call overwrites.
 *
 * An environment that throws, or that gives an observation of the wrong form, NaN or infinity,
 * stops everything: all environments are closed, and the error names the environment and the step.
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
  /** The present observations, flat `[numEnvs, ...shape]`: the buffer that all results share. */
  readonly observations: TypedArray;
  /** States of all environments and the present observations; missing when one cannot be saved. */
  readonly getState?: () => StateRecord;
  /**
   * Puts such a state back: `step` then goes on without a `reset`, and `observations` holds what
   * it held. Missing when one environment cannot be saved.
   */
  readonly setState?: (state: StateRecord) => void;

  private readonly envs: readonly Env[];
  private readonly size: number;
  private readonly result: VectorStep;
  private readonly actions: TypedArray[] = [];
  private readonly seeds: (number | null)[];
  private readonly firstSeed: number | undefined;
  private steps = 0;
  private phase: "new" | "running" | "closed" = "new";
  private closedBecause = "close() was called";

  /**
   * @param factories one function for each environment; each must make a new one
   * @throws InvalidArgumentError when there is none, two share one environment, or their spaces differ
   * @throws EnvFailedError when a factory throws an error that is not an NcpsError
   */
  constructor(factories: readonly (() => Env)[], { seed }: SyncVectorEnvOptions = {}) {
    if (!Array.isArray(factories) || factories.length === 0) {
      throw new InvalidArgumentError(
        "factories",
        "expected a list of at least one function that makes an Env",
      );
    }
    checkSeed(seed);
    this.firstSeed = seed;
    this.envs = buildEnvs(factories);
    const { observationSpace, actionSpace, actionMeanings } = this.envs[0];
    this.numEnvs = factories.length;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    if (actionMeanings) this.actionMeanings = actionMeanings;
    this.size = sizeOf(observationSpace.shape);
    this.observations = createTypedArray(observationSpace.dtype, this.numEnvs * this.size);
    this.seeds = new Array<number | null>(this.numEnvs).fill(null);
    this.result = {
      observations: this.observations,
      infos: this.envs.map(() => ({})),
      rewards: new Float32Array(this.numEnvs),
      terminated: new Uint8Array(this.numEnvs),
      truncated: new Uint8Array(this.numEnvs),
      finalObservations: new Array<TypedArray | null>(this.numEnvs).fill(null),
    };
    if (!(actionSpace instanceof Discrete)) {
      this.actions = this.envs.map(() => createTypedArray(actionSpace.dtype, sizeOf(actionSpace.shape)));
    }
    if (this.envs.every((env) => env.getState && env.setState)) {
      this.getState = () => this.saveState();
      this.setState = (state) => this.restoreState(state);
    }
  }

  /**
   * Starts a new episode everywhere; environment `i` gets seed `seed + i`.
   *
   * @throws InvalidStateError after `close`
   * @throws EnvFailedError when an environment throws
   * @throws EnvContractError, NonFiniteError when an observation is malformed
   */
  async reset({
    seed = this.phase === "new" ? this.firstSeed : undefined,
  }: ResetOptions = {}): Promise<VectorReset> {
    this.mustBeOpen("reset");
    checkSeed(seed);
    this.steps = 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (seed !== undefined) this.seeds[i] = seed + i;
      this.result.infos[i] = this.resetOne(i, seed === undefined ? undefined : { seed: seed + i }).info;
    }
    this.phase = "running";
    const { observations, infos } = this.result;
    return { observations, infos };
  }

  /**
   * Plays one step everywhere. The same result object is returned every time.
   *
   * @param actions flat `[numEnvs]` for `Discrete`, `[numEnvs, ...shape]` for other spaces
   * @throws InvalidStateError before `reset` and after `close`
   * @throws ShapeError, InvalidArgumentError when an action is missing or outside of its space; then nothing was played
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
      const step = this.stepOne(i, actions);
      this.take(i, step?.observation);
      rewards[i] = step.reward;
      if (!Number.isFinite(rewards[i])) {
        throw this.stop(new NonFiniteError(`${this.nameOf(i)}: the reward is ${step.reward}`));
      }
      terminated[i] = Number(step.terminated);
      truncated[i] = Number(step.truncated);
      infos[i] = step.info;
      finalObservations[i] = null;
      if (step.terminated || step.truncated) {
        finalObservations[i] = this.observations.slice(i * this.size, (i + 1) * this.size);
        const started = this.resetOne(i);
        // A game may end inside the reset, e.g. in a no-op after a lost life: its statistics are not lost.
        if (started.info.episode && !step.info.episode)
          infos[i] = { ...step.info, episode: started.info.episode };
      }
    }
    return this.result;
  }

  private stepOne(i: number, actions: ArrayLike<number>): StepResult {
    let action: Action = actions[i];
    if (this.actions.length > 0) {
      action = this.actions[i];
      for (let k = 0; k < action.length; k++) action[k] = actions[i * action.length + k];
    }
    try {
      return this.envs[i].step(action);
    } catch (cause) {
      throw this.failed(i, "step", cause);
    }
  }

  private resetOne(i: number, options?: ResetOptions): ResetResult {
    let result: ResetResult;
    try {
      result = this.envs[i].reset(options);
    } catch (cause) {
      throw this.failed(i, "reset", cause);
    }
    this.take(i, result?.observation);
    return result;
  }

  // Checks one observation and copies it into the shared buffer.
  private take(i: number, observation: unknown): void {
    const { observations, size, observationSpace } = this;
    if (!(observation instanceof observations.constructor) || (observation as TypedArray).length !== size) {
      const received = (observation as TypedArray | undefined)?.length;
      throw this.stop(
        new EnvContractError(
          `${this.nameOf(i)}: expected an observation of ${size} ${observationSpace.dtype} values, received ${
            received === undefined ? observation : `${observation?.constructor.name}(${received})`
          }`,
        ),
      );
    }
    const values = observation as TypedArray;
    if (observationSpace.dtype === "float32" || observationSpace.dtype === "float64") {
      let spoilt = 0; // 0 * x is NaN for NaN and infinities, and 0 for all else
      for (let k = 0; k < size; k++) spoilt += 0 * values[k];
      if (spoilt !== 0) {
        const at = values.findIndex((value) => !Number.isFinite(value));
        throw this.stop(new NonFiniteError(`${this.nameOf(i)}: observation[${at}] is ${values[at]}`));
      }
    }
    observations.set(values, i * size);
  }

  /** @inheritDoc */
  render(index: number): Frame {
    this.mustBeOpen("render");
    if (!(index in this.envs)) {
      throw new InvalidArgumentError("index", `expected 0..${this.numEnvs - 1}, received ${index}`);
    }
    return this.envs[index].render();
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
    if (failure) throw this.failed(failure.index, "close", failure.cause);
  }

  private saveState(): StateRecord {
    this.mustBeOpen("getState");
    return {
      envs: this.envs.map((env) => env.getState?.() ?? null),
      observations: this.observations.slice(),
      seeds: [...this.seeds],
      steps: this.steps,
      running: this.phase === "running",
    };
  }

  private restoreState({ envs, observations, seeds, steps, running }: StateRecord): void {
    this.mustBeOpen("setState");
    const listed = (list: unknown): list is unknown[] => Array.isArray(list) && list.length === this.numEnvs;
    if (!listed(envs) || !listed(seeds) || typeof steps !== "number" || typeof running !== "boolean") {
      throw new InvalidArgumentError(
        "state",
        `expected a state of a SyncVectorEnv with ${this.numEnvs} environments`,
      );
    }
    const kind = this.observations.constructor;
    if (!(observations instanceof kind) || (observations as TypedArray).length !== this.observations.length) {
      throw new InvalidArgumentError(
        "state.observations",
        `expected ${this.observations.length} ${this.observationSpace.dtype} values`,
      );
    }
    this.phase = "new"; // until every environment has taken its state
    this.envs.forEach((env, i) => {
      env.setState?.(envs[i] as StateRecord);
    });
    this.observations.set(observations as TypedArray);
    this.seeds.splice(0, this.numEnvs, ...(seeds as (number | null)[]));
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

  private nameOf(i: number): string {
    const seed = this.seeds[i] === null ? "" : `, seed ${this.seeds[i]}`;
    return `environment ${i} ("${this.envs[i].id}"${seed}, step ${this.steps})`;
  }

  private failed(i: number, during: string, cause: unknown): Error {
    const { id } = this.envs[i];
    return this.stop(
      new EnvFailedError({ index: i, id, seed: this.seeds[i] ?? undefined, step: this.steps, during, cause }),
    );
  }

  private stop(error: Error): Error {
    closeEnvs(this.envs);
    this.phase = "closed";
    this.closedBecause = `they failed: ${error.message}`;
    return error;
  }
}
