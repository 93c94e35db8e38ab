/** Q-network for vector observations. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { Random } from "../core/random.js";
import { DuelingHead } from "../layers/dueling-head.js";
import { MLP } from "../layers/mlp.js";
import { libraryClasses } from "./library-classes.js";
import { type QNetworkOptions, SequentialQNetwork } from "./q-network.js";

/** Options of {@link MlpQNetwork}. */
export interface MlpQNetworkOptions extends QNetworkOptions {
  /** Sizes of the hidden layers, default `[64, 64]`. */
  hiddenUnits?: readonly number[];
  /** Activation of the hidden layers, default `"relu"`. */
  activation?: "tanh" | "relu";
  /** Whether state value and advantages have separate streams (Wang et al. 2016), default true. */
  dueling?: boolean;
}

const names = optionNames<MlpQNetworkOptions>({
  hiddenUnits: true,
  activation: true,
  dueling: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
});

/**
 * A multi-layer perceptron with one output per action, initialised as in torch.
 *
 * @example
 * ```ts
 * const model = new MlpQNetwork({ observationSpace, actionSpace, hiddenUnits: [256, 256], dueling: false, seed: 0 });
 * ```
 */
export class MlpQNetwork extends SequentialQNetwork {
  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: MlpQNetworkOptions) {
    if (new.target === MlpQNetwork) checkOptions("MlpQNetwork", options, names);
    const { actionSpace, seed, hiddenUnits = [64, 64], activation = "relu", dueling = true } = options;
    const random = new Random(seed);
    const seeds = [random.integer(2 ** 31), random.integer(2 ** 31)];
    const kernelInitializer = "torchUniform";
    super(
      options,
      () => [
        new MLP({ name: "mlp", hiddenUnits, activation, kernelInitializer, seed: seeds[0] }),
        new DuelingHead({
          name: "head",
          actions: actionSpace.n,
          hiddenUnits: [],
          dueling,
          kernelInitializer,
          seed: seeds[1],
        }),
      ],
      { className: "MlpQNetwork", config: { hiddenUnits: [...hiddenUnits], activation, dueling } },
    );
  }
}

libraryClasses.set(MlpQNetwork, "MlpQNetwork");
