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
  start(numTimesteps: number): void {
    this.last ??= numTimesteps;
  }

  /** Whether the interval has passed; if so, the next one starts. */
  due(numTimesteps: number): boolean {
    this.start(numTimesteps);
    if (numTimesteps - (this.last as number) < this.every) return false;
    this.last = numTimesteps;
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
