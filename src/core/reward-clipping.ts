/** Clipping of rewards, used by wrappers and trainers. */

import { InvalidArgumentError } from "./errors.js";

/** Kind of clipping: to the sign (-1, 0 or 1), or to `-limit .. limit`. */
export type RewardClipping =
  | "sign"
  | {
      /** Maximum absolute value of a reward. */
      limit: number;
    };

/**
 * Validates the kind of clipping; false disables it.
 *
 * @throws InvalidArgumentError when it is none of the forms of {@link RewardClipping}
 */
export function checkRewardClipping(argument: string, clipping: RewardClipping | false): void {
  if (clipping === false || clipping === "sign") return;
  if (typeof clipping === "object" && clipping?.limit > 0) return;
  throw new InvalidArgumentError(
    argument,
    `expected false, "sign" or { limit } above 0, received ${JSON.stringify(clipping)}`,
  );
}

/** Returns the clipped reward. */
export function clipReward(reward: number, clipping: RewardClipping | false): number {
  if (clipping === false) return reward;
  if (clipping === "sign") return Math.sign(reward);
  return Math.max(-clipping.limit, Math.min(clipping.limit, reward));
}
