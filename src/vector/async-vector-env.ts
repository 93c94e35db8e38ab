/** Vector environments whose environments need not all wait for the slowest. */

import type { VectorEnv, VectorStep } from "./vector-env.js";

/** Result of {@link AsyncVectorEnv.recv}: some environments, in the order in which they finished. */
export interface VectorBatch extends VectorStep {
  /** `[k]`: which environments these are; all other arrays have one entry (or row) for each. */
  envIds: Int32Array;
}

/**
 * A {@link VectorEnv} that can also be stepped in parts (EnvPool's `send` and `recv`): hand actions
 * to some environments, take the first `k` that are ready, and think about those while the others play.
 *
 * @example
 * ```ts
 * await envs.reset({ seed: 0 });
 * envs.send(firstActions);
 * for (let n = 0; n < 1000; n++) {
 *   const { observations } = await envs.recv(4);
 *   envs.send(act(observations));
 * }
 * ```
 */
export interface AsyncVectorEnv extends VectorEnv {
  /**
   * Hands actions to environments and returns at once.
   *
   * @param actions one for each of `envIds`, flat as for `step`
   * @param envIds which environments; each must be at rest. Default: those of the last `recv`, all after
   *   `reset` and `step`
   */
  send(actions: ArrayLike<number>, envIds?: ArrayLike<number>): void;
  /**
   * Waits until `k` of the environments that were handed actions are ready and takes them. The arrays are new.
   *
   * @param k how many; default: all that are under way
   */
  recv(k?: number): Promise<VectorBatch>;
}
