/** Clipping of the rewards that a trainer learns from. */

import { InvalidArgumentError } from "../../core/errors.js";

/** What a trainer does with rewards before it learns from them; reported returns are never clipped. */
export type RewardClipping =
  | false
  | "sign"
  | {
      /** Rewards beyond ± this value become it. */
      limit: number;
    };

/**
 * Checks how rewards are clipped.
 *
 * @throws InvalidArgumentError when it is none of the forms of {@link RewardClipping}
 */
export function checkRewardClipping(clipping: RewardClipping): void {
  if (clipping === false || clipping === "sign") return;
  if (typeof clipping === "object" && clipping?.limit > 0) return;
  throw new InvalidArgumentError(
    "clipRewards",
    `expected false, "sign" or { limit } above 0, received ${JSON.stringify(clipping)}`,
  );
}

/** A reward as learned from. */
export function clipReward(reward: number, clipping: RewardClipping): number {
  if (clipping === false) return reward;
  if (clipping === "sign") return Math.sign(reward);
  return Math.max(-clipping.limit, Math.min(clipping.limit, reward));
}
