/** Actor-critic for vectors, without memory. */

import { Random } from "../core/random.js";
import { Linear } from "../layers/linear.js";
import { MLP } from "../layers/mlp.js";
import { NetworkActorCritic, numActions, type SpacesOptions } from "./network-actor-critic.js";

/** Options of {@link MlpActorCritic}. */
export interface MlpActorCriticOptions extends SpacesOptions {
  /** Sizes of the hidden layers, default `[64, 64]`. */
  units?: readonly number[];
  /** Activation of the hidden layers, default `"tanh"`. */
  activation?: "tanh" | "relu";
  /** Whether policy and value share the hidden layers, default false (better on classic control). */
  shared?: boolean;
}

/**
 * Multi-layer perceptrons for policy and value, orthogonally initialised: hidden layers with gain √2,
 * the policy head with 0.01, the value head with 1.
 *
 * @example
 * ```ts
 * const model = new MlpActorCritic({ observationSpace, actionSpace, units: [64, 64], seed: 0 });
 * ```
 */
export class MlpActorCritic extends NetworkActorCritic {
  /** @throws InvalidArgumentError when the action space is not `Discrete` */
  constructor(options: MlpActorCriticOptions) {
    const {
      observationSpace,
      actionSpace,
      seed,
      units = [64, 64],
      activation = "tanh",
      shared = false,
    } = options;
    const random = new Random(seed);
    const inputs = observationSpace.shape;
    const body = (name: string) => {
      const mlp = new MLP({ name, units: [...units], activation, seed: random.integer(2 ** 31) });
      mlp.build([null, ...inputs]);
      return mlp;
    };
    const head = (name: string, size: number, gain: number) => {
      const linear = new Linear({ name, units: size, gain, seed: random.integer(2 ** 31) });
      linear.build([null, units.at(-1) ?? inputs[0]]);
      return linear;
    };
    super(
      options,
      {
        encoder: body(shared ? "shared" : "policy"),
        valueEncoder: shared ? undefined : body("value"),
        policyHead: head("policy_head", numActions(actionSpace), 0.01),
        valueHead: head("value_head", 1, 1),
      },
      { className: "MlpActorCritic", config: { units: [...units], activation, shared } },
    );
  }
}
