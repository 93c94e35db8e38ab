/** Neural circuit policy whose sizes follow from the numbers of neurons and outputs. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { checkSeed, checkUnits } from "./checks.js";
import { buildLayers } from "./layered-ncp.js";
import { type NCPOptions, ncpSizes } from "./ncp.js";
import type { BuiltWiring, Wiring, WiringJSON } from "./wiring.js";

/** Options of {@link AutoNCP}. */
export interface AutoNCPOptions {
  /** Number of neurons, including motor neurons; at most 4096. */
  units: number;
  /** Number of motor neurons, at most `units - 3`. */
  outputSize: number;
  /** Sparsity, from 0.1 (nearly every synapse between layers) to 1 (as few as can be). Default 0.5. */
  sparsity?: number;
  /** Seed, 0 to 2^32 - 1. Default 22222. */
  seed?: number;
}

const names = optionNames<AutoNCPOptions>({
  units: true,
  outputSize: true,
  sparsity: true,
  seed: true,
});

/**
 * An {@link NCP} whose sizes follow from the number of neurons, of outputs and the sparsity: of the neurons other than
 * motor neurons 40 % are command neurons. The same synapses as `AutoNCP` of the Python package ncps with
 * the same seed.
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 16, outputSize: 4 });
 * wiring.sizes.commandNeurons; // 4
 * ```
 */
export class AutoNCP implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** Sparsity of the synapses. */
  readonly sparsity: number;
  /** Seed of the synapses. */
  readonly seed: number;
  /** The resulting numbers of neurons and synapses. */
  readonly sizes: Readonly<Omit<NCPOptions, "seed">>;

  /** @throws InvalidArgumentError when there are too many outputs for the units, or a number is out of range */
  constructor(options: AutoNCPOptions) {
    if (new.target === AutoNCP) checkOptions("AutoNCP", options, names);
    const { units, outputSize, sparsity = 0.5, seed = 22222 } = options;
    this.units = checkUnits("units", units);
    this.outputDim = checkInteger("outputSize", outputSize);
    this.seed = checkSeed(seed, 2 ** 32 - 1);
    if (outputSize >= units - 2) {
      throw new InvalidArgumentError(
        "outputSize",
        `expected at most units - 3 = ${units - 3} outputs, received ${outputSize}; take more units`,
      );
    }
    if (!(typeof sparsity === "number" && sparsity >= 0.1 && sparsity <= 1)) {
      throw new InvalidArgumentError(
        "sparsity",
        `expected a number from 0.1 to 1, received ${showValue(sparsity)}`,
      );
    }
    this.sparsity = sparsity;
    this.sizes = Object.freeze(chooseSizes(units, outputSize, 1 - sparsity));
  }

  /** Creates the synapses for `inputDim` inputs. */
  build(inputDim: number): BuiltWiring {
    return buildLayers(this, inputDim, ncpSizes(this.sizes), this.seed);
  }

  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON {
    const { units, outputDim, sparsity, seed } = this;
    return { type: "AutoNCP", units, outputSize: outputDim, sparsity, seed };
  }
}

// The same order of operations as ncps: the results are truncated to integers.
function chooseSizes(units: number, motorNeurons: number, density: number): Omit<NCPOptions, "seed"> {
  const atLeastOne = (value: number) => Math.max(Math.trunc(value), 1);
  const commandNeurons = atLeastOne(0.4 * (units - motorNeurons));
  const interNeurons = units - motorNeurons - commandNeurons;
  return {
    interNeurons,
    commandNeurons,
    motorNeurons,
    sensoryFanout: atLeastOne(interNeurons * density),
    interFanout: atLeastOne(commandNeurons * density),
    recurrentCommandSynapses: atLeastOne(commandNeurons * density * 2),
    motorFanin: atLeastOne(commandNeurons * density),
  };
}
