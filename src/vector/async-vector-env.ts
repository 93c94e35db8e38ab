/** Vector environments that can be stepped in parts. */

import type { VectorEnv, VectorStep } from "./vector-env.js";

/** Result of {@link AsyncVectorEnv.recv}: some environments, in the order in which they finished. */
export interface VectorBatch extends VectorStep {
  /** `[k]` indices of these environments; all other arrays have one element (or row) for each. */
  envIds: Int32Array;
}

/**
 * A {@link VectorEnv} that can also be stepped in parts (EnvPool's `send` and `recv`): send actions
 * to some environments, take the first `k` that are ready, and run the policy on those while the others step.
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
   * Sends actions to environments and returns immediately.
   *
   * @param actions one for each of `envIds`, flat as for `step`
   * @param envIds indices of the environments, which must be idle. Default: those of the last `recv`, all after
   *   `reset` and `step`
   */
  send(actions: ArrayLike<number>, envIds?: ArrayLike<number>): void;
  /**
   * Waits until `k` of the environments that were sent actions are ready and returns their results. The arrays are new.
   *
   * @param k number of environments; default: all that were sent actions
   */
  recv(k?: number): Promise<VectorBatch>;
}
