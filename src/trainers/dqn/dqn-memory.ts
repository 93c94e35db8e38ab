/** Creation and checks of DQN's replay memory. */

import type { ArrayPlace } from "../../checkpoints/index.js";
import { InvalidArgumentError } from "../../core/errors.js";
import type { TypedArray } from "../../core/state.js";
import { PrioritizedReplayMemory, ReplayMemory } from "../../memory/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { DQNHyperparameters } from "./dqn-options.js";

/** Creates the memory that the options describe. @throws InvalidArgumentError when they do not fit the observations */
export function makeMemory(
  { numEnvs, observationSpace: { shape, dtype } }: VectorEnv,
  { capacity, numStack, nStep, gamma, prioritized }: DQNHyperparameters,
): ReplayMemory {
  const common = {
    capacity,
    numEnvs,
    observationShape: shape,
    observationDtype: dtype,
    numStack,
    nStep,
    gamma,
  };
  if (!prioritized) return new ReplayMemory(common);
  const { alpha, epsilon } = prioritized;
  return new PrioritizedReplayMemory({ ...common, alpha, epsilon });
}

/** Where a checkpoint's arrays can be read to directly: the frames of the memory. */
export function placeInMemory({ memory }: { memory: ReplayMemory }): ArrayPlace {
  return ([part, ...path], dtype, length) =>
    part === "memory" ? memory.placeOf(path, dtype, length) : undefined;
}

/**
 * Checks that the stack that the memory builds from an environment's newest frames equals the observation.
 *
 * @throws InvalidArgumentError when observations are not stacked as `numStack` says
 */
export function checkStack(memory: ReplayMemory, env: number, observation: TypedArray): void {
  const { numStack } = memory;
  if (numStack === 1) return;
  const built = memory.latest(env);
  if (built.every((value, i) => value === observation[i])) return;
  throw new InvalidArgumentError(
    "numStack",
    `observations are not the last ${numStack} frames along the last axis, oldest first, as FrameStack({ numStack: ${numStack} }) makes them: wrap the environment so, or set numStack to 1`,
  );
}
