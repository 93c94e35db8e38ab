/** Early stopping of a PPO update when the KL divergence exceeds `targetKl`. */

import type { StopCondition } from "tfjs-training";
import { type LossMonitor, lossMonitors } from "./loss-monitors.js";
import type { PPOHyperparameters } from "./ppo-options.js";

/** The options that decide when an update ends early. */
export type TargetKlOptions = Pick<PPOHyperparameters, "targetKl" | "targetKlCheck">;

const approxKl = lossMonitors.indexOf("approxKl");
// SB3's factor, from OpenAI's Spinning Up.
const ALLOWANCE = 1.5;

/** Whether the update may end before any step, which requires the monitors before the weights change. */
function checksMinibatches({ targetKl, targetKlCheck }: TargetKlOptions): boolean {
  return targetKl !== null && targetKlCheck === "minibatch";
}

/** When a gradient step is left out, for `Optimizer.minimize`. */
export function stopBeforeStep(options: TargetKlOptions): StopCondition<LossMonitor> | undefined {
  if (!checksMinibatches(options)) return undefined;
  return { metric: "approxKl", above: ALLOWANCE * (options.targetKl as number) };
}

/**
 * Whether the update ends before the step of a minibatch.
 *
 * @param monitors metrics of the minibatch, in the order of {@link lossMonitors}
 */
export function endsBeforeStep(monitors: ArrayLike<number>, options: TargetKlOptions): boolean {
  return checksMinibatches(options) && monitors[approxKl] > ALLOWANCE * (options.targetKl as number);
}

/**
 * Whether the update ends after an epoch.
 *
 * @param epoch metrics of all its minibatches, in the order of {@link lossMonitors}
 */
export function endsAfterEpoch(epoch: readonly ArrayLike<number>[], options: TargetKlOptions): boolean {
  const { targetKl, targetKlCheck } = options;
  if (targetKl === null || epoch.length === 0) return false;
  if (targetKlCheck === "last-minibatch") return epoch[epoch.length - 1][approxKl] > targetKl;
  const mean = epoch.reduce((sum, monitors) => sum + monitors[approxKl], 0) / epoch.length;
  return targetKlCheck === "epoch" && mean > ALLOWANCE * targetKl;
}
