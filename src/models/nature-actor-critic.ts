/** Actor-critic for frames, without memory. */

import { Random } from "../core/random.js";
import { Linear } from "../layers/linear.js";
import { NatureCNN } from "../layers/nature-cnn.js";
import { NetworkActorCritic, numActions, type SpacesOptions } from "./network-actor-critic.js";

/** Options of {@link NatureActorCritic}. */
export interface NatureActorCriticOptions extends SpacesOptions {
  /**
   * First weights: `"orthogonal"` (√2, heads 0.01 and 1; CleanRL, default) or `"torchUniform"`
   * (torch's own for weights and biases; labml).
   */
  initializer?: "orthogonal" | "torchUniform";
}

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
  /** @throws InvalidArgumentError when the action space is not `Discrete` */
  constructor(options: NatureActorCriticOptions) {
    const { observationSpace, actionSpace, initializer = "orthogonal" } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder = new NatureCNN({ name: "nature_cnn", kernelInitializer: initializer, seed: seed() });
    encoder.build([null, ...observationSpace.shape]);
    const head = (name: string, units: number, gain: number) => {
      const linear = new Linear({ name, units, kernelInitializer: initializer, gain, seed: seed() });
      linear.build([null, 512]);
      return linear;
    };
    super(
      options,
      {
        encoder,
        policyHead: head("policy_head", numActions(actionSpace), 0.01),
        valueHead: head("value_head", 1, 1),
      },
      { className: "NatureActorCritic", config: { initializer } },
    );
  }
}
