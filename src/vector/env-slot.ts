/** One slot of a vector environment: its environment, its row of every array, and its replacement. */

import { EnvContractError, NcpsError, NonFiniteError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { showValue } from "../core/show-value.js";
import { createTypedArray, sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, Info, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { EnvFailedError } from "./env-failed-error.js";
import { plainInfo } from "./plain-info.js";

/** `info.failure` of an environment that failed and was replaced (`restartOnFailure`). */
export interface EnvRestart {
  /** The error that was thrown, e.g. `"RangeError: invalid array length"`. */
  message: string;
  /** What the environment was doing: `"step"` or `"reset"`. */
  during: string;
  /** The last seed of the environment that failed. */
  seed: number | null;
  /** The step that failed, counted from the last `reset` of the vector environment. */
  step: number;
}

/** Result of one step of a slot. The object is reused. */
export interface SlotStep {
  /** Reward, rounded to float32. */
  reward: number;
  /** Whether the episode terminated. */
  terminated: boolean;
  /** Whether the episode was truncated. */
  truncated: boolean;
  /** Info of the step; if an episode ended, that of its last step. */
  info: Info;
  /** Whether an episode ended, so that {@link EnvSlot.final} was written. */
  ended: boolean;
}

/** Options of {@link EnvSlot}. */
export interface EnvSlotOptions {
  /** Index in the vector environment. */
  index: number;
  /** The initial environment. */
  env: Env;
  /** Where its current observation is written. */
  row: TypedArray;
  /** Where the last observation of an ended episode is written. */
  final: TypedArray;
  /** Makes a replacement when the environment has failed; without it the error is thrown. */
  remake?: () => Env;
}

/** Error text for an environment whose methods are asynchronous. */
const PROMISED =
  "returned a Promise, but an Env answers at once. What takes its time (a server, a browser, a robot) is a VectorEnv, " +
  'whose reset and step are asynchronous: see "Asynchronous environments" in docs/environments.md';

/** Maximum number of consecutive replacements of an environment without a successful step. */
export const MOST_IN_A_ROW = 3;

/** Steps one environment, validates its results, and resets it in the step that ends an episode. */
export class EnvSlot {
  /** Last seed of the environment. */
  seed: number | null = null;
  /** Steps since the last reset of the vector environment. */
  steps = 0;
  /** Number of times that a failed environment was replaced. */
  restarts = 0;
  /** Index in the vector environment. */
  readonly index: number;
  /** The last observation of the episode that ended last. */
  readonly final: TypedArray;
  private current: Env;
  private readonly row: TypedArray;
  private readonly remake: (() => Env) | undefined;
  private readonly action: TypedArray | undefined;
  private readonly outcome: SlotStep;
  private failedAttempts = 0;

  /** @param options the environment and where its results go */
  constructor({ index, env, row, final, remake }: EnvSlotOptions) {
    this.index = index;
    this.current = env;
    this.row = row;
    this.final = final;
    this.remake = remake;
    const { actionSpace } = env;
    // By kind: an environment may come from the library's other format, which has separate classes.
    if (actionSpace.kind !== "discrete") {
      this.action = createTypedArray(actionSpace.dtype, sizeOf(actionSpace.shape));
    }
    this.outcome = { reward: 0, terminated: false, truncated: false, info: {}, ended: false };
  }

  /** The environment. */
  get env(): Env {
    return this.current;
  }

  /**
   * Starts a new episode and restarts the count of steps.
   *
   * @throws EnvFailedError, EnvContractError, NonFiniteError
   */
  reset({ seed, options }: ResetOptions = {}): Info {
    this.steps = 0;
    if (seed !== undefined) this.seed = seed;
    const given = { ...(seed !== undefined && { seed }), ...(options && { options }) };
    try {
      return this.start(seed === undefined && !options ? undefined : given);
    } catch (error) {
      const failure = this.failure(error as Error);
      return { ...this.replace(error as Error), failure };
    }
  }

  /**
   * Starts an environment that replaces a failed one in the middle of a run.
   *
   * @param seed its seed · @param steps steps since the last reset of the vector environment
   * @throws EnvFailedError, EnvContractError, NonFiniteError
   */
  begin(seed: number | null, steps: number): void {
    this.seed = seed;
    this.steps = steps;
    try {
      this.start(seed === null ? undefined : { seed });
    } catch (error) {
      this.replace(error as Error);
    }
  }

  /**
   * Makes one step.
   *
   * @param actions actions of all slots · @param offset index of this slot's first element
   * @throws EnvFailedError, EnvContractError, NonFiniteError
   */
  step(actions: ArrayLike<number>, offset: number): SlotStep {
    const { outcome } = this;
    this.steps++;
    outcome.ended = false;
    try {
      const { reward, terminated, truncated, info } = this.play(actions, offset);
      outcome.reward = Math.fround(reward);
      outcome.terminated = terminated;
      outcome.truncated = truncated;
      outcome.info = info;
      if (terminated || truncated) {
        outcome.ended = true;
        this.final.set(this.row);
        const { episode } = this.start();
        // A game may end inside the reset, e.g. in a no-op after a lost life: its statistics are kept.
        if (episode && !info.episode) outcome.info = { ...info, episode };
      }
      this.failedAttempts = 0;
    } catch (error) {
      this.restart(error as Error);
    }
    return outcome;
  }

  // The episode counts as truncated before the step that failed.
  private restart(error: Error): void {
    const { outcome } = this;
    if (!outcome.ended) {
      this.final.set(this.row);
      Object.assign(outcome, { reward: 0, terminated: false, truncated: true, ended: true, info: {} });
    }
    outcome.info = { ...outcome.info, failure: this.failure(error) };
    this.replace(error);
  }

  // Makes replacements until one has started an episode.
  private replace(error: Error): Info {
    const { remake } = this;
    for (let reason = error; ; ) {
      if (!remake || this.failedAttempts === MOST_IN_A_ROW) throw reason;
      this.failedAttempts++;
      this.restarts++;
      this.seed = freshSeed(this.seed);
      try {
        this.current.close();
      } catch {} // it has failed already
      try {
        this.current = this.made(remake);
        return this.start(this.seed === null ? undefined : { seed: this.seed });
      } catch (cause) {
        reason = cause as Error;
      }
    }
  }

  private made(remake: () => Env): Env {
    try {
      return remake();
    } catch (cause) {
      throw cause instanceof NcpsError ? cause : this.failed("its construction", cause);
    }
  }

  private failure(error: Error): EnvRestart {
    const { seed, steps } = this;
    const failed = error instanceof EnvFailedError;
    return {
      message: failed ? error.reason : error.message,
      during: failed ? error.during : "step",
      seed,
      step: steps,
    };
  }

  private play(actions: ArrayLike<number>, offset: number): StepResult {
    let action: Action = actions[offset];
    if (this.action) {
      action = this.action;
      for (let k = 0; k < action.length; k++) action[k] = actions[offset + k];
    }
    let step: StepResult;
    try {
      step = this.current.step(action);
    } catch (cause) {
      throw this.failed("step", cause);
    }
    this.requireResult("step", step);
    const observation = this.checked(step?.observation);
    const { reward, terminated, truncated } = step;
    if (typeof reward !== "number") throw this.broken("the reward to be a number", reward);
    if (!Number.isFinite(Math.fround(reward))) {
      throw new NonFiniteError(`${this.name}: the reward is ${reward}`);
    }
    if (typeof terminated !== "boolean") throw this.broken("terminated to be true or false", terminated);
    if (typeof truncated !== "boolean") throw this.broken("truncated to be true or false", truncated);
    const info = this.infoOf(step, "step");
    this.row.set(observation);
    return { observation, reward, terminated, truncated, info };
  }

  private start(options?: ResetOptions): Info {
    let result: ResetResult;
    try {
      result = this.current.reset(options);
    } catch (cause) {
      throw this.failed("reset", cause);
    }
    this.requireResult("reset", result);
    const observation = this.checked(result?.observation);
    const info = this.infoOf(result, "reset");
    this.row.set(observation);
    return info;
  }

  private infoOf(result: ResetResult, during: string): Info {
    try {
      return plainInfo(result.info);
    } catch (cause) {
      throw this.failed(during, cause);
    }
  }

  private broken(expected: string, received: unknown): EnvContractError {
    return new EnvContractError(`${this.name}: expected ${expected}, received ${showValue(received)}`);
  }

  // Environments are synchronous: an asynchronous one would return promises instead of observations.
  private requireResult(method: string, result: unknown): void {
    if (typeof (result as Promise<unknown> | undefined)?.then !== "function") return;
    (result as Promise<unknown>).then(undefined, () => {}); // nothing awaits it
    throw new EnvContractError(`${this.name}: ${method}() ${PROMISED}`);
  }

  private checked(observation: unknown): TypedArray {
    const { row } = this;
    const { dtype } = this.current.observationSpace;
    if (!(observation instanceof row.constructor) || (observation as TypedArray).length !== row.length) {
      const received = (observation as TypedArray | undefined)?.length;
      throw new EnvContractError(
        `${this.name}: expected an observation of ${row.length} ${dtype} values, received ${
          received === undefined ? observation : `${observation?.constructor.name}(${received})`
        }`,
      );
    }
    const values = observation as TypedArray;
    if (dtype === "float32" || dtype === "float64") {
      let spoilt = 0; // 0 * x is NaN for NaN and infinities, and 0 for all else
      for (let k = 0; k < values.length; k++) spoilt += 0 * values[k];
      if (spoilt !== 0) {
        const at = values.findIndex((value) => !Number.isFinite(value));
        throw new NonFiniteError(`${this.name}: observation[${at}] is ${values[at]}`);
      }
    }
    return values;
  }

  private get name(): string {
    const seed = this.seed === null ? "" : `, seed ${this.seed}`;
    return `environment ${this.index} ("${this.current.id}"${seed}, step ${this.steps})`;
  }

  /** The error of an environment that threw. */
  failed(during: string, cause: unknown): EnvFailedError {
    const { index, steps, seed } = this;
    const { id } = this.current;
    return new EnvFailedError({ index, id, seed: seed ?? undefined, step: steps, during, cause });
  }
}

/** The seed of the replacement of an environment that was seeded with `seed`. */
export function freshSeed(seed: number | null): number | null {
  return seed === null ? null : new Random(seed).uint32();
}
