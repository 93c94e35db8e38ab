/** The network of the ncps guide "Atari Reinforcement Learning (PPO)". */

import { Random } from "../core/random.js";
import { CfC } from "../layers/cfc.js";
import { ConvBlock } from "../layers/conv-block.js";
import { Linear } from "../layers/linear.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";

/** Options of {@link ConvCfCActorCritic}. */
export interface ConvCfCActorCriticOptions extends SpacesOptions {
  /** Units of the CfC, default 64. */
  units?: number;
  /** Which of ncps's two formulas, default `"torch"` (the bounded one); the guide's is `"tf"`. */
  flavour?: "torch" | "tf";
  /** Filters of the convolutions, default the guide's `[64, 128, 128, 256]`. */
  filters?: readonly number[];
}

/**
 * ConvBlock, CfC, a policy and a value: 1,515,013 weights for 84 × 84 × 4 frames, 64 units and
 * 4 actions. Glorot-uniform kernels, zero biases in the heads.
 *
 * @example
 * ```ts
 * const model = new ConvCfCActorCritic({ observationSpace, actionSpace, flavour: "tf", seed: 0 });
 * model.countParams(); // 1515013
 * ```
 */
export class ConvCfCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of whole numbers
   * @throws ShapeError when observations are no frames
   */
  constructor(options: ConvCfCActorCriticOptions) {
    checkSpaces(options, 3, frameShape);
    const {
      observationSpace,
      actionSpace,
      units = 64,
      flavour = "torch",
      filters = [64, 128, 128, 256],
    } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder = new ConvBlock({ name: "conv_block", filters: [...filters], seed: seed() });
    encoder.build([null, ...observationSpace.shape]);
    const core = new CfC({ name: "cfc", units, flavour, seed: seed() });
    core.build([null, null, filters[filters.length - 1]]);
    const own = (name: string) => ({ name, kernelInitializer: "glorotUniform" as const, seed: seed() });
    const policy = policyHead(actionSpace, own("logits"));
    const value = new Linear({ ...own("values"), units: 1 });
    for (const head of [policy, value]) head.build([null, units]);
    super(
      options,
      { encoder, core, policyHead: policy, valueHead: value },
      { className: "ConvCfCActorCritic", config: { units, flavour, filters: [...filters] } },
    );
  }
}
