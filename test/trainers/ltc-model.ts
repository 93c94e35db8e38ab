/** An actor-critic with an LTC whose weights need constraints. */

import { Linear } from "../../src/layers/linear.js";
import { LTC } from "../../src/layers/ltc.js";
import { NetworkActorCritic, type SpacesOptions } from "../../src/models/index.js";

/** Two actions; weights `ltc/...`, `policy/...`, `value/...`. */
export function makeLTCActorCritic({ observationSpace, actionSpace }: SpacesOptions): NetworkActorCritic {
  const core = new LTC({ units: 6, flavour: "tf", seed: 0 });
  core.build([null, null, observationSpace.shape[0]]);
  const policyHead = new Linear({ name: "policy", units: 2, seed: 1 });
  const valueHead = new Linear({ name: "value", units: 1, seed: 2 });
  for (const head of [policyHead, valueHead]) head.build([null, 6]);
  return new NetworkActorCritic(
    { observationSpace, actionSpace },
    { core, policyHead, valueHead },
    { className: "LTCActorCritic", config: {} },
  );
}
