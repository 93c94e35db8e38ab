/** Feed-forward actor-critic for vector observations. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import type { Block } from "../layers/block.js";
import { Linear, type LinearOptions } from "../layers/linear.js";
import { MLP } from "../layers/mlp.js";
import { checkSpaces } from "./check-spaces.js";
import { libraryClasses } from "./library-classes.js";
import { NetworkActorCritic, type SpacesOptions } from "./network-actor-critic.js";
import { policyHead } from "./policy-head.js";

/** Options of {@link MlpActorCritic}. */
export interface MlpActorCriticOptions extends SpacesOptions {
  /** Sizes of the hidden layers, default `[64, 64]`. */
  hiddenUnits?: readonly number[];
  /** Activation of the hidden layers, default `"tanh"`. */
  activation?: "tanh" | "relu";
  /** Whether policy and value share the hidden layers, default false (better on classic control). */
  shared?: boolean;
  /** Initial log standard deviation of continuous actions, default 0. */
  logStd?: number;
}

const names = optionNames<MlpActorCriticOptions>({
  hiddenUnits: true,
  activation: true,
  shared: true,
  logStd: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
});

type HeadOptions = Omit<LinearOptions, "units">;

/**
 * Multi-layer perceptrons for policy and value, orthogonally initialised: hidden layers with gain √2,
 * the policy head with 0.01, the value head with 1.
 *
 * @example
 * ```ts
 * const model = new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [64, 64], seed: 0 });
 * ```
 */
export class MlpActorCritic extends NetworkActorCritic {
  /**
   * @throws InvalidArgumentError when the action space is a `Box` of integers
   * @throws ShapeError when observations are not vectors
   */
  constructor(options: MlpActorCriticOptions) {
    if (new.target === MlpActorCritic) checkOptions("MlpActorCritic", options, names);
    checkSpaces(options, 1, "[features]");
    const {
      observationSpace,
      actionSpace,
      seed,
      hiddenUnits = [64, 64],
      activation = "tanh",
      shared = false,
      logStd = 0,
    } = options;
    const random = new Random(seed);
    const inputs = observationSpace.shape;
    const body = (name: string) => {
      const mlp = new MLP({ name, hiddenUnits: [...hiddenUnits], activation, seed: random.integer(2 ** 31) });
      mlp.build([null, ...inputs]);
      return mlp;
    };
    const head = (name: string, gain: number, make: (options: HeadOptions) => Block) => {
      const block = make({ name, gain, kernelInitializer: "orthogonal", seed: random.integer(2 ** 31) });
      block.build([null, hiddenUnits.at(-1) ?? inputs[0]]);
      return block;
    };
    super(
      options,
      {
        encoder: body(shared ? "shared" : "policy"),
        valueEncoder: shared ? undefined : body("value"),
        policyHead: head("policy_head", 0.01, (own) => policyHead(actionSpace, { ...own, logStd })),
        valueHead: head("value_head", 1, (own) => new Linear({ ...own, units: 1 })),
      },
      {
        className: "MlpActorCritic",
        config: {
          hiddenUnits: [...hiddenUnits],
          activation,
          shared,
          ...(actionSpace.kind === "box" && { logStd }),
        },
      },
    );
  }
}

libraryClasses.set(MlpActorCritic, "MlpActorCritic");
