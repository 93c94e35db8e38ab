/** Actor-critic with convolutions and a CfC for frames. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { type CfCCoreModelOptions, makeCfCCore } from "./recurrent-core.js";
import { type FrameEncoderOptions, frameEncoder, orthogonalHeads } from "./recurrent-parts.js";

/** Options of {@link NatureCfCActorCritic}. */
export interface NatureCfCActorCriticOptions
  extends SpacesOptions,
    CfCCoreModelOptions,
    FrameEncoderOptions {}

const names = optionNames<NatureCfCActorCriticOptions>({
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
  features: true,
  convolutions: true,
});

/**
 * The convolutions of Mnih et al., which preserve positions, a CfC (dense or wired) and two heads; orthogonal initial
 * weights except for the CfC.
 *
 * @example
 * ```ts
 * const model = new NatureCfCActorCritic({ observationSpace, actionSpace, units: 64, seed: 0 });
 * ```
 */
export class NatureCfCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers, an option has a wrong value, or two
   *   cannot be combined
   * @throws ShapeError when observations are not frames
   */
  constructor(options: NatureCfCActorCriticOptions) {
    if (new.target === NatureCfCActorCritic) checkOptions("NatureCfCActorCritic", options, names);
    checkSpaces(options, 3, frameShape);
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const { encoder, config } = frameEncoder(options, seed);
    const made = makeCfCCore(options, seed());
    const heads = orthogonalHeads(options.actionSpace, { seed });
    super(
      options,
      { encoder, core: made.core, ...heads },
      { className: "NatureCfCActorCritic", config: { ...config, ...made.config } },
    );
  }
}

libraryClasses.set(NatureCfCActorCritic, "NatureCfCActorCritic");
