/** Base class of environment wrappers. */

import { InvalidArgumentError } from "../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import type { ActionSpace, Box } from "../spaces/index.js";

/**
 * An environment around another one; it passes everything on. Subclasses override what they change
 * and keep their own state in {@link Wrapper.getOwnState} and {@link Wrapper.setOwnState}.
 *
 * @example
 * ```ts
 * class DoubleReward extends Wrapper {
 *   override step(action: Action) {
 *     const result = super.step(action);
 *     return { ...result, reward: 2 * result.reward };
 *   }
 * }
 * ```
 */
export abstract class Wrapper implements Env {
  /** @param env the inner environment */
  constructor(readonly env: Env) {
    // According to the contract, an environment that cannot be saved does not have these methods.
    if (!env.getState) Object.assign(this, { getState: undefined });
    if (!env.setState) Object.assign(this, { setState: undefined });
  }

  /** The innermost environment. */
  get unwrapped(): Env {
    return this.env instanceof Wrapper ? this.env.unwrapped : this.env;
  }

  /** @inheritDoc */
  get id(): string {
    return this.env.id;
  }

  /** @inheritDoc */
  get observationSpace(): Box {
    return this.env.observationSpace;
  }

  /** @inheritDoc */
  get actionSpace(): ActionSpace {
    return this.env.actionSpace;
  }

  /** @inheritDoc */
  get actionMeanings(): readonly string[] | undefined {
    return this.env.actionMeanings;
  }

  /** @inheritDoc */
  reset(options: ResetOptions = {}): ResetResult {
    return this.env.reset(options);
  }

  /** @inheritDoc */
  step(action: Action): StepResult {
    return this.env.step(action);
  }

  /** @inheritDoc */
  render(): Frame {
    return this.env.render();
  }

  /** @inheritDoc */
  close(): void {
    this.env.close();
  }

  /** Closes the environment at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Returns the state of this wrapper and of everything inside; missing when the inner environment cannot be saved. */
  getState(): StateRecord {
    const env = this.env as Required<Env>;
    return { env: env.getState(), own: this.getOwnState() };
  }

  /**
   * Restores such a state; missing when the inner environment cannot be saved.
   *
   * @throws InvalidArgumentError when the state was saved with different wrappers
   */
  setState(state: StateRecord): void {
    const { env, own } = state;
    if (!isRecord(env) || !isRecord(own)) {
      throw new InvalidArgumentError(
        "state",
        `${this.constructor.name} expected { env, own }, received { ${Object.keys(state).join(", ")} }: was it saved with the same wrappers?`,
      );
    }
    (this.env as Required<Env>).setState(env);
    this.setOwnState(own);
  }

  /** Returns the state of this wrapper alone; empty by default. */
  protected getOwnState(): StateRecord {
    return {};
  }

  /** Restores the result of {@link Wrapper.getOwnState}. */
  protected setOwnState(_state: StateRecord): void {}
}

/** Options for additional resets that a wrapper makes within a reset: the same options, but not the seed. */
export function optionsAgain({ options }: ResetOptions): ResetOptions {
  return options ? { options } : {};
}

function isRecord(value: StateTree | undefined): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTypedArray(value);
}
