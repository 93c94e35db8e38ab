/** Dueling Q-network for frames. */

import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import { Random } from "../core/random.js";
import { type Convolution, ConvStack } from "../layers/conv-stack.js";
import { DuelingHead } from "../layers/dueling-head.js";
import { libraryClasses } from "./library-classes.js";
import { type QNetworkOptions, SequentialQNetwork } from "./q-network.js";

/** Options of {@link DuelingQNetwork}. */
export interface DuelingQNetworkOptions extends QNetworkOptions {
  /** The convolutions, default `[{ filters: 16, size: 8, strides: 4 }, { filters: 32, size: 4, strides: 2 }]`. */
  convolutions?: readonly Convolution[];
  /** Widths of the hidden layers of each stream, default `[256]`. */
  hiddenUnits?: readonly number[];
  /** Whether state value and advantages have separate streams, default true. */
  dueling?: boolean;
  /** Initializer of the convolutions, default `"glorotUniform"`. */
  convolutionInitializer?: InitializerKind;
  /** Initializer of the dense layers, default `"heNormal"`. */
  denseInitializer?: InitializerKind;
}

const names = optionNames<DuelingQNetworkOptions>({
  convolutions: true,
  hiddenUnits: true,
  dueling: true,
  convolutionInitializer: true,
  denseInitializer: true,
  observationSpace: true,
  actionSpace: true,
  seed: true,
});

/** Convolutions of Mnih et al. 2013. */
const small: readonly Convolution[] = [
  { filters: 16, size: 8, strides: 4 },
  { filters: 32, size: 4, strides: 2 },
];

/** Convolutions of Mnih et al. 2015, for {@link DuelingQNetwork}; with 512 hidden units, the network of Wang et al. */
export const natureConvolutions: readonly Convolution[] = [
  { filters: 32, size: 8, strides: 4 },
  { filters: 64, size: 4, strides: 2 },
  { filters: 64, size: 3, strides: 1 },
];

/**
 * Convolutions and a {@link DuelingHead}. With the defaults the network of "Atari Space Invaders and Dueling Q RL in
 * TensorFlow 2": 1,455,415 weights for frames of 105 × 80 × 3 and 6 actions, 1,456,439 for 105 × 80 × 4. Pixels 0..255
 * are divided by 255 in the network.
 *
 * @example
 * ```ts
 * const model = new DuelingQNetwork({ observationSpace, actionSpace, seed: 0 });
 * const q = model.apply(frames); // [batch, 105, 80, 3] to [batch, 6]
 * ```
 */
export class DuelingQNetwork extends SequentialQNetwork {
  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: DuelingQNetworkOptions) {
    if (new.target === DuelingQNetwork) checkOptions("DuelingQNetwork", options, names);
    const { actionSpace, seed, convolutions = small, hiddenUnits = [256], dueling = true } = options;
    const { convolutionInitializer = "glorotUniform", denseInitializer = "heNormal" } = options;
    const random = new Random(seed);
    const seeds = [random.integer(2 ** 31), random.integer(2 ** 31)];
    super(
      options,
      () => [
        new ConvStack({
          name: "conv",
          convolutions,
          kernelInitializer: convolutionInitializer,
          seed: seeds[0],
        }),
        new DuelingHead({
          name: "head",
          actions: actionSpace.n,
          hiddenUnits,
          dueling,
          kernelInitializer: denseInitializer,
          seed: seeds[1],
        }),
      ],
      {
        className: "DuelingQNetwork",
        config: {
          convolutions,
          hiddenUnits: [...hiddenUnits],
          dueling,
          convolutionInitializer,
          denseInitializer,
        },
      },
    );
  }
}

libraryClasses.set(DuelingQNetwork, "DuelingQNetwork");
