/** The name that was meant, among those that there are. */

import { nearestName as nearest } from "tfjs-training/core";

export { editDistance, plainName } from "tfjs-training/core";

/** What Stable-Baselines3, Gymnasium and RLlib call options that have another name here. */
export const peers: Readonly<Record<string, string>> = {
  buffersize: "capacity",
  framestack: "numStack",
  hiddensizes: "hiddenUnits",
  netarch: "hiddenUnits",
  nenvs: "numEnvs",
  nevalepisodes: "numEpisodes",
  nsteps: "numSteps",
  numenvironments: "numEnvs",
  rolloutfragmentlength: "numSteps",
  stacksize: "numStack",
};

/** The known name that a misspelt one was most likely meant to be; `undefined` when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return nearest(name, known, peers);
}
