/** Base of everything that stands around an environment. */

import { InvalidArgumentError } from "../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import type { ActionSpace, Box } from "../spaces/index.js";

/**
 * An environment around another one; it passes everything on. Subclasses change what they are for
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
  /** @param env the environment inside */
  constructor(readonly env: Env) {
    // As the contract has it: an environment that cannot be saved has no such methods.
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

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** State of this wrapper and of everything inside; missing when the environment inside cannot be saved. */
  getState(): StateRecord {
    const env = this.env as Required<Env>;
    return { env: env.getState(), own: this.getOwnState() };
  }

  /**
   * Puts such a state back; missing when the environment inside cannot be saved.
   *
   * @throws InvalidArgumentError when it is the state of something that is wrapped in another way
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

  /** What this wrapper alone has to remember; none by default. */
  protected getOwnState(): StateRecord {
    return {};
  }

  /** Puts back what {@link Wrapper.getOwnState} gave. */
  protected setOwnState(_state: StateRecord): void {}
}

/** What a wrapper gives a reset of its own, within one that it was asked for: the options, but not the seed again. */
export function optionsAgain({ options }: ResetOptions): ResetOptions {
  return options ? { options } : {};
}

function isRecord(value: StateTree | undefined): value is StateRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTypedArray(value);
}
