/** Names of ALE's actions. */

/** ALE's 18 actions of player A; an action's number is its index in this list. */
export const ACTION_MEANINGS = [
  "NOOP",
  "FIRE",
  "UP",
  "RIGHT",
  "LEFT",
  "DOWN",
  "UPRIGHT",
  "UPLEFT",
  "DOWNRIGHT",
  "DOWNLEFT",
  "UPFIRE",
  "RIGHTFIRE",
  "LEFTFIRE",
  "DOWNFIRE",
  "UPRIGHTFIRE",
  "UPLEFTFIRE",
  "DOWNRIGHTFIRE",
  "DOWNLEFTFIRE",
] as const;

/** Name of one of ALE's actions. */
export type ActionMeaning = (typeof ACTION_MEANINGS)[number];
