/** The network of the ncps guide "Atari Reinforcement Learning (PPO)". */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { ConvBlock } from "../layers/conv-block.js";
import { Linear } from "../layers/linear.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import { checkSpaces, frameShape } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";
import { type CfCCoreModelOptions, makeCfCCore } from "./recurrent-core.js";

/** Options of {@link ConvCfCActorCritic}. */
export interface ConvCfCActorCriticOptions extends SpacesOptions, CfCCoreModelOptions {
  /** Which of ncps's two formulas to use, default `"torch"` (the bounded one); the guide's is `"tf"`. */
  flavour?: CfCFlavour;
  /** Filters of the convolutions, default the guide's `[64, 128, 128, 256]`. */
  filters?: readonly number[];
}

const names = optionNames<ConvCfCActorCriticOptions>({
  flavour: true,
  filters: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
  units: true,
  wiring: true,
  recurrence: true,
  mode: true,
  mixedMemory: true,
  backboneUnits: true,
  backboneLayers: true,
  backboneActivation: true,
});

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
   * @throws InvalidArgumentError when the action space is a `Box` of integers, an option has a wrong value, or two
   *   cannot be combined
   * @throws ShapeError when observations are not frames
   */
  constructor(options: ConvCfCActorCriticOptions) {
    if (new.target === ConvCfCActorCritic) checkOptions("ConvCfCActorCritic", options, names);
    checkSpaces(options, 3, frameShape);
    const { actionSpace, filters = [64, 128, 128, 256] } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder = new ConvBlock({ name: "conv_block", filters: [...filters], seed: seed() });
    const made = makeCfCCore(options, seed());
    const own = (name: string) => ({ name, kernelInitializer: "glorotUniform" as const, seed: seed() });
    super(
      options,
      {
        encoder,
        core: made.core,
        policyHead: policyHead(actionSpace, own("logits")),
        valueHead: new Linear({ ...own("values"), units: 1 }),
      },
      { className: "ConvCfCActorCritic", config: { filters: [...filters], ...made.config } },
    );
  }
}

libraryClasses.set(ConvCfCActorCritic, "ConvCfCActorCritic");
