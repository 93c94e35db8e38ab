/** Statistics of episodes for environments that report none. */

import type { Env, StepResult } from "../envs/env.js";
import { EpisodicLife } from "../wrappers/episodic-life.js";
import { RecordEpisodeStatistics } from "../wrappers/record-episode-statistics.js";
import { SingleLife } from "../wrappers/single-life.js";

/** Reports episodes for an environment that does not; once the environment reports one, only its own reports count. */
class EpisodeMonitor extends RecordEpisodeStatistics {
  private silent = true;

  protected override count<Result extends StepResult>(result: Result, steps: number): Result {
    if (result.info?.episode) this.silent = false;
    return this.silent ? super.count(result, steps) : result;
  }
}

/**
 * Wraps an environment in the statistics of its episodes, as SB3's `Monitor`, unless it is known to report them
 * itself. Where lives count as episodes only an inner wrapper knows the whole games: those are not wrapped.
 */
export function reportingEpisodes(env: Env): Env {
  for (let at: Env | undefined = env; at; at = (at as { env?: Env }).env) {
    const known = [RecordEpisodeStatistics, EpisodicLife, SingleLife];
    // By name: an environment may come from the library's other format, which has separate classes.
    const names = known.map(({ name }) => name);
    if (known.some((kind) => at instanceof kind) || names.includes(at.constructor?.name)) return env;
  }
  return new EpisodeMonitor(env);
}
