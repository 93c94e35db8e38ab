/** Recurrent actor-critic for vectors. */

import { Random } from "../core/random.js";
import { CfC } from "../layers/cfc.js";
import { Linear } from "../layers/linear.js";
import { MLP } from "../layers/mlp.js";
import { checkSpaces } from "./check-spaces.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";

/** Options of {@link CfCActorCritic}. */
export interface CfCActorCriticOptions extends SpacesOptions {
  /** Units of the CfC, which is also the size of the state; default 64. */
  units?: number;
  /** Units of the CfC's backbone, default 128. */
  backboneUnits?: number;
  /** Layers of the CfC's backbone, default 1. */
  backboneLayers?: number;
  /** Sizes of the layers before the CfC, default `[64]`; `[]` for none. */
  encoderUnits?: readonly number[];
  /** Activation of the layers before the CfC, default `"tanh"`. */
  activation?: "tanh" | "relu";
  /** Which of ncps's two formulas, default `"torch"` (the bounded one). */
  flavour?: "torch" | "tf";
  /** First log standard deviation of continuous actions, default 0. */
  logStd?: number;
}

/**
 * An MLP, a CfC and two heads: for partially observed tasks with few numbers to observe.
 *
 * @example
 * ```ts
 * const model = new CfCActorCritic({ observationSpace, actionSpace, units: 32, seed: 0 });
 * const state = tf.zeros([batch, model.stateSize]);
 * ```
 */
export class CfCActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of whole numbers
   * @throws ShapeError when observations are no vectors
   */
  constructor(options: CfCActorCriticOptions) {
    checkSpaces(options, 1, "[features]");
    const { observationSpace, actionSpace, units = 64, backboneUnits = 128, backboneLayers = 1 } = options;
    const { encoderUnits = [64], activation = "tanh", flavour = "torch", logStd = 0 } = options;
    const random = new Random(options.seed);
    const seed = () => random.integer(2 ** 31);
    const encoder =
      encoderUnits.length > 0
        ? new MLP({ name: "encoder", units: encoderUnits, activation, seed: seed() })
        : undefined;
    encoder?.build([null, ...observationSpace.shape]);
    const core = new CfC({ name: "cfc", units, backboneUnits, backboneLayers, flavour, seed: seed() });
    core.build([null, null, encoderUnits.at(-1) ?? observationSpace.shape[0]]);
    const head = (name: string, gain: number) =>
      ({ name, gain, kernelInitializer: "orthogonal", seed: seed() }) as const;
    const policy = policyHead(actionSpace, { ...head("policy_head", 0.01), logStd });
    const valueHead = new Linear({ ...head("value_head", 1), units: 1 });
    policy.build([null, units]);
    valueHead.build([null, units]);
    super(
      options,
      { encoder, core, policyHead: policy, valueHead },
      {
        className: "CfCActorCritic",
        config: {
          units,
          backboneUnits,
          backboneLayers,
          encoderUnits: [...encoderUnits],
          activation,
          flavour,
          ...(actionSpace.kind === "box" && { logStd }),
        },
      },
    );
  }
}
