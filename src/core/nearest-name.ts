/** Suggestions for misspelt names. */

import { nearestName as nearest } from "tfjs-training/core";

export { editDistance, plainName } from "tfjs-training/core";

/** Names of options in Stable-Baselines3, Gymnasium and RLlib that have another name here. */
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

/** The known name that is most similar to a misspelt one; `undefined` when none is similar. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return nearest(name, known, peers);
}
