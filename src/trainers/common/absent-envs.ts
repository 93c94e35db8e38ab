/** Placeholder for missing environments, so that a policy can be loaded and used for prediction without them. */

import { InvalidStateError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import type { ActionSpace, Box } from "../../spaces/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { Spaces } from "./saved-spaces.js";

/** Options of {@link AbsentEnvs}. */
export interface AbsentEnvsOptions extends Spaces {
  /** Number of environments of the saved run. */
  numEnvs: number;
  /** How the checkpoint says they were made. */
  setup: StateRecord;
  /** Why the environments are missing, for error messages. */
  reason: string;
  /** The error that explains the absence. */
  cause?: unknown;
}

/** A vector environment with spaces and a saved state that cannot be stepped. */
export class AbsentEnvs implements VectorEnv {
  /** @inheritDoc */
  readonly numEnvs: number;
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** @inheritDoc */
  readonly actionSpace: ActionSpace;
  /** How the checkpoint says the environments were made; written to later checkpoints. */
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

  /** The state that was set: a checkpoint saved again can be resumed where the environments are available. */
  getState(): StateRecord {
    return this.state as StateRecord;
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.state = state;
  }

  /** @inheritDoc */
  async close(): Promise<void> {}

  /** The error thrown by whatever needs environments. */
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
