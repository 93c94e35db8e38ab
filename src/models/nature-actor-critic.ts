/** Feed-forward actor-critic for frames. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { Linear } from "../layers/linear.js";
import { NatureCNN } from "../layers/nature-cnn.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";

/** Options of {@link NatureActorCritic}. */
export interface NatureActorCriticOptions extends SpacesOptions {
  /**
   * Initial weights: `"orthogonal"` (√2, heads 0.01 and 1; CleanRL, default) or `"torchUniform"` (torch's default for
   * the weights and biases of all layers, including heads: uniform within `1 / sqrt(inputs)`; labml).
   */
  initializer?: "orthogonal" | "torchUniform";
}

const names = optionNames<NatureActorCriticOptions>({
  initializer: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
});

/**
 * The network of Mnih et al. 2015 with a policy and a value on its 512 features:
 * 1,686,693 weights for 84 × 84 × 4 frames and 4 actions.
 *
 * @example
 * ```ts
 * const model = new NatureActorCritic({ observationSpace, actionSpace, seed: 0 });
 * ```
 */
export class NatureActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers
   * @throws ShapeError when observations are not frames
   */
  constructor(options: NatureActorCriticOptions) {
    if (new.target === NatureActorCritic) checkOptions("NatureActorCritic", options, names);
    checkSpaces(options, 3, frameShape);
    const { observationSpace, actionSpace, initializer = "orthogonal" } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder = new NatureCNN({ name: "nature_cnn", kernelInitializer: initializer, seed: seed() });
    encoder.build([null, ...observationSpace.shape]);
    const own = (name: string, gain: number) => ({
      name,
      gain,
      kernelInitializer: initializer,
      seed: seed(),
    });
    // torch's default initialisation does not scale heads down.
    const policy = policyHead(actionSpace, own("policy_head", initializer === "orthogonal" ? 0.01 : 1));
    const value = new Linear({ ...own("value_head", 1), units: 1 });
    for (const head of [policy, value]) head.build([null, 512]);
    super(
      options,
      { encoder, policyHead: policy, valueHead: value },
      { className: "NatureActorCritic", config: { initializer } },
    );
  }
}

libraryClasses.set(NatureActorCritic, "NatureActorCritic");
