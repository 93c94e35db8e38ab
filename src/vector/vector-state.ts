/** The saved state of a vector environment: one form for all kinds, so each can go on where another stopped. */

import { InvalidArgumentError } from "../core/errors.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { VectorEnv } from "./vector-env.js";

/** What a saved state holds. */
export interface VectorState {
  /** State of each environment. */
  envs: StateRecord[];
  /** Last seed of each environment. */
  seeds: (number | null)[];
  /** Present observations, flat `[numEnvs, ...shape]`. */
  observations: TypedArray;
  /** Steps since the last reset. */
  steps: number;
  /** Whether there has been a reset. */
  running: boolean;
}

/**
 * Reads a saved state for these environments.
 *
 * @param state what `getState` of a vector environment returned
 * @param of the vector environment that takes it, with its present observations
 * @throws InvalidArgumentError when it is of other environments
 */
export function readVectorState(
  state: StateRecord,
  { numEnvs, observations: present, observationSpace }: VectorEnv & { observations: TypedArray },
): VectorState {
  const { envs, seeds, observations, steps, running } = state;
  const listed = (list: unknown) => Array.isArray(list) && list.length === numEnvs;
  if (!listed(envs) || !listed(seeds) || typeof steps !== "number" || typeof running !== "boolean") {
    throw new InvalidArgumentError("state", `expected the state of ${numEnvs} environments`);
  }
  if (
    !(observations instanceof present.constructor) ||
    (observations as TypedArray).length !== present.length
  ) {
    throw new InvalidArgumentError(
      "state.observations",
      `expected ${present.length} ${observationSpace.dtype} values`,
    );
  }
  return state as unknown as VectorState;
}
