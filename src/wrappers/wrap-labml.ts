/** Wraps a game as in labml's annotated PPO. */

import type { Env } from "../envs/env.js";
import { FrameStack } from "./frame-stack.js";
import { MaxAndSkip } from "./max-and-skip.js";
import { RecordEpisodeStatistics } from "./record-episode-statistics.js";
import { SingleLife } from "./single-life.js";
import { WarpFrame } from "./warp-frame.js";

/**
 * Wraps a game like `labml_nn.rl.game`: each action for four frames, each frame gray and 84×84 before the maximum
 * of the last two, four of these stacked, raw rewards; the episode ends with the first life, and `reset`
 * starts a new game without no-ops or FIRE. Reported episodes are lives.
 *
 * @param env a game that plays single frames without sticky actions: `BreakoutNoFrameskip-v4`, or the arcade's
 *   with `{ frameskip: 1, repeatActionProbability: 0 }`
 *
 * @example
 * ```ts
 * const env = wrapLabml(make("Arcade/Breakout-v0", { frameskip: 1, repeatActionProbability: 0 }));
 * env.observationSpace.shape; // [84, 84, 4]
 * ```
 */
export function wrapLabml(env: Env): Env {
  const frames = new MaxAndSkip(new WarpFrame(new SingleLife(env)), { skip: 4 });
  return new RecordEpisodeStatistics(new FrameStack(frames, { numStack: 4 }));
}
