/** Recurrent actor-critic for frames. */

import { Random } from "../core/random.js";
import { CfC } from "../layers/cfc.js";
import { Linear } from "../layers/linear.js";
import { type Convolution, NatureCNN } from "../layers/nature-cnn.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";

/** Options of {@link NatureCfCActorCritic}. */
export interface NatureCfCActorCriticOptions extends SpacesOptions {
  /** Units of the CfC, which is also the size of the state; default 64. */
  units?: number;
  /** Features between the convolutions and the CfC, default 512. */
  features?: number;
  /** The convolutions, default those of Mnih et al. 2015. */
  convolutions?: readonly Convolution[];
  /** Which of ncps's two formulas, default `"torch"` (the bounded one). */
  flavour?: "torch" | "tf";
}

/**
 * The convolutions of Mnih et al., which keep where things are, a CfC and two heads; orthogonal first
 * weights but for the CfC.
 *
 * @example
 * ```ts
 * const model = new NatureCfCActorCritic({ observationSpace, actionSpace, units: 64, seed: 0 });
 * ```
 */
export class NatureCfCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of whole numbers
   * @throws ShapeError when observations are no frames
   */
  constructor(options: NatureCfCActorCriticOptions) {
    checkSpaces(options, 3, frameShape);
    const {
      observationSpace,
      actionSpace,
      units = 64,
      features = 512,
      convolutions,
      flavour = "torch",
    } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder = new NatureCNN({ name: "nature_cnn", units: features, convolutions, seed: seed() });
    encoder.build([null, ...observationSpace.shape]);
    const core = new CfC({ name: "cfc", units, flavour, seed: seed() });
    core.build([null, null, features]);
    const head = (name: string, gain: number) =>
      ({ name, gain, kernelInitializer: "orthogonal", seed: seed() }) as const;
    const policy = policyHead(actionSpace, head("policy_head", 0.01));
    const value = new Linear({ ...head("value_head", 1), units: 1 });
    for (const head of [policy, value]) head.build([null, units]);
    super(
      options,
      { encoder, core, policyHead: policy, valueHead: value },
      {
        className: "NatureCfCActorCritic",
        config: { units, features, flavour, ...(convolutions && { convolutions }) },
      },
    );
  }
}
