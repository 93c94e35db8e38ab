/** An actor-critic whose encoder is frozen. */

import { Linear } from "../../src/layers/linear.js";
import { MLP } from "../../src/layers/mlp.js";
import { NetworkActorCritic, type SpacesOptions } from "../../src/models/index.js";

/** Weights `mlp/...`, frozen; `policy/...` and `value/...`, trained. */
export function makeFrozen({ observationSpace, actionSpace }: SpacesOptions): NetworkActorCritic {
  const encoder = new MLP({ hiddenUnits: [8], seed: 0, trainable: false });
  encoder.build([null, ...observationSpace.shape]);
  const policyHead = new Linear({ name: "policy", units: 2, seed: 1 });
  const valueHead = new Linear({ name: "value", units: 1, seed: 2 });
  for (const head of [policyHead, valueHead]) head.build([null, 8]);
  return new NetworkActorCritic(
    { observationSpace, actionSpace },
    { encoder, policyHead, valueHead },
    { className: "Frozen", config: {} },
  );
}

/** The same with a trainable encoder, as a learner on another thread may create it. */
export function makeFree(spaces: SpacesOptions): NetworkActorCritic {
  const model = makeFrozen(spaces);
  for (const variable of model.variables.values()) variable.trainable = true;
  return model;
}
