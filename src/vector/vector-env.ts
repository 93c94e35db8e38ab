/** The interface of vector environments. */

import type { StateRecord, TypedArray } from "../core/state.js";
import type { Frame, Info, ResetOptions } from "../envs/env.js";
import type { ActionSpace, Box } from "../spaces/index.js";

/** Result of {@link VectorEnv.reset}. */
export interface VectorReset {
  /** First observations, flat `[numEnvs, ...shape]`; valid until the next call. */
  observations: TypedArray;
  /** One info per environment. */
  infos: Info[];
}

/** Result of {@link VectorEnv.step}. Arrays are valid until the next call. */
export interface VectorStep extends VectorReset {
  /** `[numEnvs]` rewards of this step. */
  rewards: Float32Array;
  /** `[numEnvs]`, 1 where the episode terminated. */
  terminated: Uint8Array;
  /** `[numEnvs]`, 1 where the episode was truncated. */
  truncated: Uint8Array;
  /**
   * For every environment whose episode ended in this step: the last observation of the ended
   * episode (`observations` already contains the first one of the next); `null` for the others.
   */
  finalObservations: (TypedArray | null)[];
}

/**
 * `numEnvs` copies of one environment with same-step autoreset: the step that ends an episode
 * also starts the next one. `infos` then belong to the ended episode's last step.
 */
export interface VectorEnv {
  /** Number of environments. */
  readonly numEnvs: number;
  /** Observation space of one environment. */
  readonly observationSpace: Box;
  /** Action space of one environment. */
  readonly actionSpace: ActionSpace;
  /** Names of discrete actions, for games. */
  readonly actionMeanings?: readonly string[];
  /** Resets all environments; environment `i` gets seed `seed + i`, all get the same `options`. */
  reset(options?: ResetOptions): Promise<VectorReset>;
  /**
   * Steps all environments.
   *
   * @param actions flat `[numEnvs]` for `Discrete`, `[numEnvs, ...shape]` for other spaces
   */
  step(actions: ArrayLike<number>): Promise<VectorStep>;
  /** Renders one environment. */
  render(index: number): Frame;
  /** Closes all environments. */
  close(): Promise<void>;
  /**
   * Calls a method of every environment, or of a wrapper around it, and returns the results; if the
   * environments can be accessed.
   */
  call?(name: string, ...args: unknown[]): unknown[];
  /** Reads a field of every environment, or of a wrapper around it; if they can be accessed. */
  getAttr?(name: string): unknown[];
  /** Sets a field of every environment, or of those of `indices`; if they can be accessed. */
  setAttr?(name: string, value: unknown, indices?: readonly number[]): void;
  /** Closes everything at the end of an `await using` block. */
  [Symbol.asyncDispose]?(): Promise<void>;
  /** States of all environments, if they can be saved. */
  getState?(): StateRecord;
  /** Restores such states. */
  setState?(state: StateRecord): void;
}
