/** Actor-critic with convolutions and a liquid time-constant network for frames. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { type LTCCoreModelOptions, makeLTCCore } from "./recurrent-core.js";
import { type FrameEncoderOptions, frameEncoder, orthogonalHeads } from "./recurrent-parts.js";

/** Options of {@link NatureLTCActorCritic}. */
export interface NatureLTCActorCriticOptions
  extends SpacesOptions,
    LTCCoreModelOptions,
    FrameEncoderOptions {}

const names = optionNames<NatureLTCActorCriticOptions>({
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
  features: true,
  convolutions: true,
});

/**
 * The convolutions of Mnih et al., which preserve positions, an LTC and two heads; orthogonal initial
 * weights except for the LTC.
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 48, outputSize: 16 });
 * const model = new NatureLTCActorCritic({ observationSpace, actionSpace, wiring, features: 64, seed: 0 });
 * ```
 */
export class NatureLTCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers, an option has a wrong value, or two
   *   cannot be combined
   * @throws ShapeError when observations are not frames
   */
  constructor(options: NatureLTCActorCriticOptions) {
    if (new.target === NatureLTCActorCritic) checkOptions("NatureLTCActorCritic", options, names);
    checkSpaces(options, 3, frameShape);
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const { encoder, config } = frameEncoder(options, seed);
    const made = makeLTCCore(options, seed());
    const heads = orthogonalHeads(options.actionSpace, { seed });
    super(
      options,
      { encoder, core: made.core, ...heads },
      { className: "NatureLTCActorCritic", config: { ...config, ...made.config } },
    );
  }
}

libraryClasses.set(NatureLTCActorCritic, "NatureLTCActorCritic");
