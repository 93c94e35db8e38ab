/** Wiring with randomly drawn synapses. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { checkDraws, checkOutputDim, checkSeed, checkUnits } from "./checks.js";
import { DefaultRng } from "./numpy/default-rng.js";
import { Synapses } from "./synapses.js";
import type { BuiltWiring, Wiring, WiringJSON } from "./wiring.js";

/** Options of {@link RandomWiring}. */
export interface RandomWiringOptions {
  /** Number of neurons, at most 4096, with at most 2,097,152 synapses. */
  units: number;
  /** Number of motor neurons. Default: `units`. */
  outputDim?: number;
  /** Fraction of the possible synapses that are omitted, at least 0 and below 1. Default 0. */
  sparsity?: number;
  /** Seed, 0 to `Number.MAX_SAFE_INTEGER`. Default 1111. */
  seed?: number;
}

const names = optionNames<RandomWiringOptions>({
  units: true,
  outputDim: true,
  sparsity: true,
  seed: true,
});

/**
 * A fixed number of synapses between randomly drawn pairs, `units² (1 - sparsity)` between neurons and
 * `inputDim * units (1 - sparsity)` from the inputs; two of three are excitatory. The same synapses as `Random` of the
 * Python package ncps with the same seed.
 *
 * @example
 * ```ts
 * const { synapseCount } = new RandomWiring({ units: 16, sparsity: 0.75 }).build(4); // 64
 * ```
 */
export class RandomWiring implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** Fraction of the possible synapses that are omitted. */
  readonly sparsity: number;
  /** Seed of the synapses. */
  readonly seed: number;

  /** @throws InvalidArgumentError when a number is out of range */
  constructor(options: RandomWiringOptions) {
    if (new.target === RandomWiring) checkOptions("RandomWiring", options, names);
    const { units, outputDim = units, sparsity = 0, seed = 1111 } = options;
    this.units = checkUnits("units", units);
    this.outputDim = checkOutputDim(outputDim, units);
    this.seed = checkSeed(seed, Number.MAX_SAFE_INTEGER);
    if (!(typeof sparsity === "number" && sparsity >= 0 && sparsity < 1)) {
      throw new InvalidArgumentError(
        "sparsity",
        `expected a number of at least 0 and below 1, received ${showValue(sparsity)}`,
      );
    }
    this.sparsity = sparsity;
    checkDraws("units", units, units * units * (1 - sparsity));
  }

  /** Creates the synapses for `inputDim` inputs. */
  build(inputDim: number): BuiltWiring {
    const { units, sparsity } = this;
    const synapses = new Synapses(this, inputDim);
    const rng = new DefaultRng(this.seed);
    const polarity = () => rng.choice([-1, 1, 1]);
    const draw = (rows: number) => rng.sample(rows * units, roundHalfToEven(rows * units * (1 - sparsity)));
    for (const pair of draw(units)) {
      synapses.connect(Math.floor(pair / units), pair % units, polarity());
    }
    for (const pair of draw(inputDim)) {
      polarity(); // ncps draws twice for sensory synapses and keeps the second.
      synapses.connectSensory(Math.floor(pair / units), pair % units, polarity());
    }
    return synapses.finish();
  }

  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON {
    const { units, outputDim, sparsity, seed } = this;
    return { type: "RandomWiring", units, outputDim, sparsity, seed };
  }
}

// Python's round().
function roundHalfToEven(value: number): number {
  const lower = Math.floor(value);
  if (value - lower !== 0.5) return Math.round(value);
  return lower % 2 === 0 ? lower : lower + 1;
}
