/** Detection of environments that do not report their episodes. */

import { EnvContractError } from "../../core/errors.js";

// More consecutive ends without a report than in any game: an episode may take several lives, each of which is an end.
const MOST_UNREPORTED = 100;

/** Detects environments that never report their episodes, so that nothing waits for them forever. */
export class ReportedEpisodes {
  private readonly unreported: Uint32Array;

  /** @param numEnvs number of environments */
  constructor(numEnvs: number) {
    this.unreported = new Uint32Array(numEnvs);
  }

  /**
   * Checks a step of one environment.
   *
   * @throws EnvContractError when too many episodes in a row have ended without a report
   */
  check(env: number, ended: boolean, reports: boolean): void {
    if (reports) this.unreported[env] = 0;
    else if (ended && ++this.unreported[env] === MOST_UNREPORTED) {
      throw new EnvContractError(
        `environment ${env}: ${MOST_UNREPORTED} episodes ended without info.episode: make the innermost wrapper ` +
          "RecordEpisodeStatistics, or the environments by makeVecEnv",
      );
    }
  }
}
