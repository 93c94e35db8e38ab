/** When the training ends. */

import type { Given } from "../support/options.js";

const hoursOf = { features: 0.1, small: 2, document: Number.POSITIVE_INFINITY };

/** How far to train, and after how many episodes to stop before that. Without options the document has a million. */
export function readGoal(given: Given, preset: keyof typeof hoursOf) {
  const [steps, hours, episodes] = ["steps", "hours", "episodes"].map(
    (name) => given.text(name) !== undefined,
  );
  const counted = episodes || (preset === "document" && !steps && !hours);
  const longest = episodes ? Number.POSITIVE_INFINITY : hoursOf[preset];
  return {
    goal: steps
      ? { totalTimesteps: given.from("steps", 1, 1) }
      : { hours: given.from("hours", longest, 1e-6) },
    episodes: counted ? given.from("episodes", 1_000_000, 1) : undefined,
  };
}
