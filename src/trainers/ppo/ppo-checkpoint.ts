/** Checks of PPO checkpoints that depend on sizes and on running environments. */

import { CheckpointError } from "../../core/errors.js";
import { type StateRecord, sizeOf } from "../../core/state.js";
import type { RolloutBuffer } from "../../memory/index.js";
import type { ActionSpace } from "../../spaces/index.js";
import { AbsentEnvs } from "../common/absent-envs.js";
import type { ArrayLengths } from "../common/restore-trainer.js";
import { checkCounts, checkFields, checkFinite } from "../common/state-parts.js";
import type { PPOOptions } from "./ppo-options.js";

/** Checks sizes before anything is allocated. @throws CheckpointError naming the field */
export function checkRolloutSizes({ env, normalizeObservation }: PPOOptions, lengths: ArrayLengths): void {
  // Spaces from a file determine how much is allocated; spaces of real environments have exactly their size.
  if (!normalizeObservation || !(env instanceof AbsentEnvs)) return;
  const [size, saved] = [sizeOf(env.observationSpace.shape), lengths.get("observationNormalizer.mean")];
  if (size === saved) return;
  throw new CheckpointError(
    `field "observationNormalizer.mean": expected ${size} numbers, as an observation has, received ${saved ?? "none"}`,
  );
}

/**
 * Checks an unfinished rollout before any of it is restored.
 *
 * @throws CheckpointError naming the field
 */
export function checkRollout(
  state: StateRecord,
  { numSteps, actionSize }: RolloutBuffer,
  actionSpace: ActionSpace,
): void {
  const { collector, rollout } = state;
  checkFinite("collector", collector);
  checkFields("collector", collector, { observations: null, states: null, episodeStarts: null, step: 0 });
  checkCounts("collector", collector, ["step"]);
  const step = collector.step as number;
  if (collector.observations === null) {
    throw new CheckpointError('field "collector.observations": expected an array, received null');
  }
  if (step > numSteps || step > 0 !== (rollout !== null)) {
    throw new CheckpointError(
      `field "collector.step": expected at most ${numSteps}, and 0 without a rollout; received ${step}`,
    );
  }
  checkFinite("rollout", rollout);
  const actions = (rollout as StateRecord | null)?.actions;
  if (!(actions instanceof Float32Array) || actionSpace.kind === "box") return;
  const choices = actionSpace.kind === "discrete" ? [actionSpace.n] : actionSpace.nvec;
  const at = actions.findIndex(
    (action, i) => !(Number.isInteger(action) && action >= 0 && action < choices[i % actionSize]),
  );
  if (at < 0) return;
  throw new CheckpointError(
    `field "rollout.actions": expected whole numbers in 0..${choices[at % actionSize] - 1}, received ${actions[at]} at ${at}`,
  );
}

/** The state for environments that start new episodes: an unfinished rollout is dropped with the old ones. */
export function withoutRollout(state: StateRecord, own: StateRecord): StateRecord {
  const [saved, fresh] = [state.rewardScaler, own.rewardScaler] as (StateRecord | null)[];
  return {
    ...state,
    env: null,
    rollout: null,
    collector: own.collector,
    ...(saved && fresh && { rewardScaler: { ...saved, returns: fresh.returns } }),
  };
}
