/** The saved state of a vector environment, in the same form for all kinds so that they can be exchanged. */

import { InvalidArgumentError } from "../core/errors.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { VectorEnv } from "./vector-env.js";

/** Contents of a saved state. */
export interface VectorState {
  /** State of each environment. */
  envs: StateRecord[];
  /** Last seed of each environment. */
  seeds: (number | null)[];
  /** Current observations, flat `[numEnvs, ...shape]`. */
  observations: TypedArray;
  /** Steps since the last reset. */
  steps: number;
  /** Whether there has been a reset. */
  running: boolean;
}

/**
 * Reads a saved state for these environments.
 *
 * @param state result of `getState` of a vector environment
 * @param of the vector environment to restore, with its current observations
 * @throws InvalidArgumentError when it belongs to other environments
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
