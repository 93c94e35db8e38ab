/** Recording of whole episodes and successes that environments report in a step. */

import type { EpisodeWindow } from "../../core/episode-window.js";
import type { Info } from "../../envs/env.js";
import type { VectorStep } from "../../vector/vector-env.js";

/** Whether an episode succeeded: its last `info.isSuccess` (or SB3's `is_success`); `undefined` if not reported. */
export function successOf(info: Info): boolean | undefined {
  const success = info.isSuccess ?? info.is_success;
  return success === undefined || success === null ? undefined : Boolean(success);
}

/** Records the whole episodes that ended in a step, and whether those that ended succeeded. */
export function recordEpisodes(episodes: EpisodeWindow, step: VectorStep): void {
  step.infos.forEach((info, e) => {
    if (info.episode) episodes.add(info.episode);
    if (!step.terminated[e] && !step.truncated[e]) return;
    const success = successOf(info);
    if (success !== undefined) episodes.addSuccess(success);
  });
}
