/** Actor-critic with a CfC, for vector observations. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { checkSpaces } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { type CfCCoreModelOptions, makeCfCCore } from "./recurrent-core.js";
import { orthogonalHeads, type VectorEncoderOptions, vectorEncoder } from "./recurrent-parts.js";

/** Options of {@link CfCActorCritic}. */
export interface CfCActorCriticOptions extends SpacesOptions, CfCCoreModelOptions, VectorEncoderOptions {
  /** Initial log standard deviation of continuous actions, default 0. */
  logStd?: number;
}

const names = optionNames<CfCActorCriticOptions>({
  logStd: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
  units: true,
  wiring: true,
  recurrence: true,
  mode: true,
  mixedMemory: true,
  flavour: true,
  backboneUnits: true,
  backboneLayers: true,
  backboneActivation: true,
  hiddenUnits: true,
  activation: true,
});

/**
 * An MLP, a CfC (dense or wired, alone or with an LSTM) and two heads: for partially observable tasks with small
 * vector observations.
 *
 * @example
 * ```ts
 * const model = new CfCActorCritic({ observationSpace, actionSpace, units: 32, seed: 0 });
 * const state = tf.zeros([batch, model.stateSize]);
 *
 * const wiring = new AutoNCP({ units: 24, outputSize: 8 });
 * const wired = new CfCActorCritic({ observationSpace, actionSpace, wiring, seed: 0 });
 * ```
 */
export class CfCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers, an option has a wrong value, or two
   *   cannot be combined
   * @throws ShapeError when observations are not vectors
   */
  constructor(options: CfCActorCriticOptions) {
    if (new.target === CfCActorCritic) checkOptions("CfCActorCritic", options, names);
    checkSpaces(options, 1, "[features]");
    const { actionSpace, logStd = 0 } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const { encoder, config } = vectorEncoder(options, seed);
    const made = makeCfCCore(options, seed());
    const heads = orthogonalHeads(actionSpace, { logStd, seed });
    super(
      options,
      { encoder, core: made.core, ...heads },
      {
        className: "CfCActorCritic",
        config: { ...config, ...made.config, ...(actionSpace.kind === "box" && { logStd }) },
      },
    );
  }
}

libraryClasses.set(CfCActorCritic, "CfCActorCritic");
