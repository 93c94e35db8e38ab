/** Interval of environment steps. */

import { InvalidArgumentError } from "../../core/errors.js";
import type { Stateful, StateRecord } from "../../core/state.js";

/** Is due every `every` steps, counted from `start`. */
export class StepTrigger implements Stateful {
  private last?: number;

  /** @param every steps between triggers, over all environments · @param option name for the error */
  constructor(
    readonly every: number,
    option: string,
  ) {
    if (!(every > 0)) throw new InvalidArgumentError(option, `expected a positive number, received ${every}`);
  }

  /** Starts counting, unless it has started already. */
  start(globalStep: number): void {
    this.last ??= globalStep;
  }

  /** Whether the interval has passed; if so, the next one starts. */
  due(globalStep: number): boolean {
    this.start(globalStep);
    if (globalStep - (this.last as number) < this.every) return false;
    this.last = globalStep;
    return true;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { last: this.last ?? null };
  }

  /** @inheritDoc */
  setState({ last }: StateRecord): void {
    this.last = (last as number | null) ?? undefined;
  }
}
