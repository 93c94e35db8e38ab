/** Whether environments report their whole episodes. */

import { EnvContractError } from "../../core/errors.js";

// Ends in a row without a report that no game has: a whole one may take several lives, each of which is an end.
const MOST_UNREPORTED = 100;

/** Notices environments that never report their episodes, so that nobody waits for them without end. */
export class ReportedEpisodes {
  private readonly unreported: Uint32Array;

  /** @param numEnvs environments that are looked at */
  constructor(numEnvs: number) {
    this.unreported = new Uint32Array(numEnvs);
  }

  /**
   * Looks at a step of one environment.
   *
   * @throws EnvContractError when too many episodes in a row have ended without a report
   */
  look(env: number, ended: boolean, reports: boolean): void {
    if (reports) this.unreported[env] = 0;
    else if (ended && ++this.unreported[env] === MOST_UNREPORTED) {
      throw new EnvContractError(
        `environment ${env}: ${MOST_UNREPORTED} episodes ended without info.episode: make the innermost wrapper ` +
          "RecordEpisodeStatistics, or the environments by makeVecEnv",
      );
    }
  }
}
