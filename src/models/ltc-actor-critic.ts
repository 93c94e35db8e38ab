/** Actor-critic with a liquid time-constant network, for vector observations. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { checkSpaces } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { type LTCCoreModelOptions, makeLTCCore } from "./recurrent-core.js";
import { orthogonalHeads, type VectorEncoderOptions, vectorEncoder } from "./recurrent-parts.js";

/** Options of {@link LTCActorCritic}. */
export interface LTCActorCriticOptions extends SpacesOptions, LTCCoreModelOptions, VectorEncoderOptions {
  /** Initial log standard deviation of continuous actions, default 0. */
  logStd?: number;
}

const names = optionNames<LTCActorCriticOptions>({
  logStd: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
  units: true,
  wiring: true,
  flavour: true,
  odeUnfolds: true,
  epsilon: true,
  implicitConstraints: true,
  inputMapping: true,
  outputMapping: true,
  initializationRanges: true,
  mixedMemory: true,
  hiddenUnits: true,
  activation: true,
});

/**
 * An MLP, an LTC (with a wiring a neural circuit policy) and two heads: like {@link CfCActorCritic}, with an ODE solver
 * instead of the closed form.
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 24, outputSize: 8 });
 * const model = new LTCActorCritic({ observationSpace, actionSpace, wiring, seed: 0 });
 * ```
 */
export class LTCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers, an option has a wrong value, or two
   *   cannot be combined
   * @throws ShapeError when observations are not vectors
   */
  constructor(options: LTCActorCriticOptions) {
    if (new.target === LTCActorCritic) checkOptions("LTCActorCritic", options, names);
    checkSpaces(options, 1, "[features]");
    const { actionSpace, logStd = 0 } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const { encoder, config } = vectorEncoder(options, seed);
    const made = makeLTCCore(options, seed());
    const heads = orthogonalHeads(actionSpace, { logStd, seed });
    super(
      options,
      { encoder, core: made.core, ...heads },
      {
        className: "LTCActorCritic",
        config: { ...config, ...made.config, ...(actionSpace.kind === "box" && { logStd }) },
      },
    );
  }
}

libraryClasses.set(LTCActorCritic, "LTCActorCritic");
