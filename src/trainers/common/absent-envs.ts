/** Stands for environments that are not there, so that a policy can be played without them. */

import { InvalidStateError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import type { ActionSpace, Box } from "../../spaces/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { Spaces } from "./saved-spaces.js";

/** Options of {@link AbsentEnvs}. */
export interface AbsentEnvsOptions extends Spaces {
  /** How many there were. */
  numEnvs: number;
  /** What the checkpoint says of their making. */
  setup: StateRecord;
  /** Why they are not there. */
  reason: string;
  /** The error that says so. */
  cause?: unknown;
}

/** Has the spaces of environments and keeps their saved state, but plays nothing. */
export class AbsentEnvs implements VectorEnv {
  /** @inheritDoc */
  readonly numEnvs: number;
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: ActionSpace;
  /** What the checkpoint says of their making, for checkpoints to come. */
  readonly setup: StateRecord;
  private state: StateRecord | null = null;

  constructor(private readonly options: AbsentEnvsOptions) {
    this.numEnvs = options.numEnvs;
    this.observationSpace = options.observationSpace;
    this.actionSpace = options.actionSpace;
    this.setup = options.setup;
  }

  /** @throws InvalidStateError always */
  async reset(): Promise<never> {
    throw this.absent("reset()");
  }

  /** @throws InvalidStateError always */
  async step(): Promise<never> {
    throw this.absent("step()");
  }

  /** @throws InvalidStateError always */
  render(): never {
    throw this.absent("render()");
  }

  /** The state that was put in: what is saved again can be resumed where the environments are. */
  getState(): StateRecord {
    return this.state as StateRecord;
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.state = state;
  }

  /** @inheritDoc */
  async close(): Promise<void> {}

  /** The error of what needs environments. */
  absent(what: string): InvalidStateError {
    const { reason, cause } = this.options;
    return new InvalidStateError(
      `${what} needs environments, and this trainer was loaded without them, to play only (${reason}): load it again with env`,
      { cause },
    );
  }
}

/** Checks that a trainer has environments. @throws InvalidStateError when it was loaded without them */
export function requireEnvironments(env: VectorEnv): void {
  if (env instanceof AbsentEnvs) throw env.absent("learn()");
}
