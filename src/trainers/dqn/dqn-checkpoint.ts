/** Checks of DQN checkpoints that depend on sizes and on running environments. */

import { CheckpointError } from "../../core/errors.js";
import {
  dtypeOf,
  isTypedArray,
  type StateRecord,
  type StateTree,
  sizeOf,
  type TypedArray,
} from "../../core/state.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { ArrayLengths } from "../common/restore-trainer.js";
import { type DQNOptions, dqnDefaults } from "./dqn-options.js";

// The trees of priorities are allocated in full when they are created.
const MOST_PRIORITIES = 2 ** 21;

/** The number of environments of a state; undefined if the state does not say. */
export function savedEnvironments(
  lengths: ArrayLengths,
  observationSize: number | undefined,
): number | undefined {
  const [heads, observed] = [lengths.get("memory.heads"), lengths.get("observations")];
  return heads ?? (observed !== undefined && observationSize ? observed / observationSize : undefined);
}

/** Checks sizes before anything is allocated. @throws CheckpointError naming the field */
export function checkMemorySizes(options: DQNOptions, lengths: ArrayLengths): void {
  const { capacity = dqnDefaults.capacity, prioritized, env } = options;
  const numEnvs = typeof env === "string" ? (options.numEnvs ?? dqnDefaults.numEnvs) : env.numEnvs;
  const priorities = lengths.get("memory.priorities");
  if (!prioritized || lengths.get("memory.heads") !== numEnvs) {
    if (prioritized && capacity > MOST_PRIORITIES && priorities === undefined) {
      throw new CheckpointError(
        `field "config.hyperparameters.capacity": is ${capacity}, without a memory of that size: give capacity again`,
      );
    }
    return;
  }
  const expected = Math.floor(capacity / numEnvs) * numEnvs;
  if (priorities === expected) return;
  throw new CheckpointError(
    `field "memory.priorities": expected ${expected} of them, as capacity says, received ${priorities ?? "none"}`,
  );
}

/** Checks the actions of a replay memory. @throws CheckpointError naming the array */
export function checkMemory(memory: StateTree, numActions: number): void {
  const { actions } = memory as StateRecord;
  if (!Array.isArray(actions)) return; // the memory reports what is missing
  for (const [env, list] of actions.entries()) {
    if (!(list instanceof Int32Array)) continue;
    const at = list.findIndex((action) => !(action >= 0 && action < numActions));
    if (at < 0) continue;
    throw new CheckpointError(
      `field "memory.actions.${env}": expected numbers in 0..${numActions - 1}, received ${list[at]} at ${at}`,
    );
  }
}

/** The observations to continue from. @throws CheckpointError when they belong to other environments */
export function savedObservations(observations: StateTree, env: VectorEnv): TypedArray {
  const { dtype, shape } = env.observationSpace;
  const size = env.numEnvs * sizeOf(shape);
  if (isTypedArray(observations) && observations.length === size && dtypeOf(observations) === dtype) {
    if (observations.every(Number.isFinite)) return observations;
  }
  throw new CheckpointError(`field "observations": expected ${size} finite numbers of ${dtype}`);
}

/** The state for environments that start new episodes; the memory is kept unless their number has changed. */
export function withoutOpenEpisodes(
  state: StateRecord,
  _own: StateRecord,
  numEnvsChanged: boolean,
): StateRecord {
  return { ...state, env: null, observations: null, ...(numEnvsChanged && { memory: null }) };
}
