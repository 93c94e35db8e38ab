/** Neural circuit policy with any number of inter layers. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { checkAtMost, checkList, checkRecurrent, checkSeed, checkUnits } from "./checks.js";
import { connectLayers, type LayerSizes, layersOf } from "./connect-layers.js";
import { RandomState } from "./numpy/random-state.js";
import { Synapses } from "./synapses.js";
import type { BuiltWiring, Wiring, WiringJSON } from "./wiring.js";

/** Options of {@link LayeredNCP}. */
export interface LayeredNCPOptions extends LayerSizes {
  /** Seed, 0 to 2^32 - 1. Default 22222. */
  seed?: number;
}

const names = optionNames<LayeredNCPOptions>({
  seed: true,
  interNeurons: true,
  commandNeurons: true,
  motorNeurons: true,
  sensoryFanout: true,
  interFanouts: true,
  recurrentCommandSynapses: true,
  motorFanin: true,
});

/**
 * A neural circuit policy whose inputs pass through several inter layers before they reach the command neurons. Each
 * layer is connected to the next as in {@link NCP}; with one inter layer the synapses are those of `NCP`.
 *
 * @example
 * ```ts
 * const wiring = new LayeredNCP({
 *   interNeurons: [12, 8],
 *   commandNeurons: 6,
 *   motorNeurons: 2,
 *   sensoryFanout: 4,
 *   interFanouts: [3, 3], // from the first inter layer to the second, from the second to the command neurons
 *   recurrentCommandSynapses: 4,
 *   motorFanin: 4,
 * });
 * wiring.build(5).layers.map((layer) => layer.length); // [12, 8, 6, 2]
 * ```
 */
export class LayeredNCP implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** The options, with defaults filled in. */
  readonly options: Readonly<Required<LayeredNCPOptions>>;

  /**
   * @throws InvalidArgumentError when a fan-out or fan-in exceeds the number of neurons, or a number is out of range
   */
  constructor(options: LayeredNCPOptions) {
    if (new.target === LayeredNCP) checkOptions("LayeredNCP", options, names);
    const { seed = 22222, ...sizes } = options;
    const interNeurons = [...checkList("interNeurons", sizes.interNeurons)];
    const interFanouts = [...checkList("interFanouts", sizes.interFanouts)];
    if (interNeurons.length === 0) {
      throw new InvalidArgumentError("interNeurons", "expected at least one layer, received []");
    }
    if (interFanouts.length !== interNeurons.length) {
      throw new InvalidArgumentError(
        "interFanouts",
        `expected one number for each of ${interNeurons.length} inter layers, received ${interFanouts.length}`,
      );
    }
    for (const size of interNeurons) checkInteger("interNeurons", size);
    const motorNeurons = checkInteger("motorNeurons", sizes.motorNeurons);
    const commandNeurons = checkInteger("commandNeurons", sizes.commandNeurons);
    checkAtMost("motorFanin", sizes.motorFanin, commandNeurons, "command neurons");
    checkAtMost("sensoryFanout", sizes.sensoryFanout, interNeurons[0], "inter neurons");
    interFanouts.forEach((fanout, i) => {
      const last = i === interNeurons.length - 1;
      const limit = last ? commandNeurons : interNeurons[i + 1];
      checkAtMost("interFanouts", fanout, limit, last ? "command neurons" : "neurons of the next layer");
    });
    checkRecurrent(sizes.recurrentCommandSynapses);
    checkSeed(seed, 2 ** 32 - 1);
    this.options = Object.freeze({ ...sizes, interNeurons, interFanouts, seed });
    this.outputDim = motorNeurons;
    this.units = checkUnits(
      "units",
      interNeurons.reduce((sum, size) => sum + size, commandNeurons + motorNeurons),
    );
  }

  /** Creates the synapses for `inputDim` inputs. */
  build(inputDim: number): BuiltWiring {
    return buildLayers(this, inputDim, this.options, this.options.seed);
  }

  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON {
    return { type: "LayeredNCP", ...this.options };
  }
}

/** Builds a wiring of inter, command and motor layers. */
export function buildLayers(wiring: Wiring, inputDim: number, sizes: LayerSizes, seed: number): BuiltWiring {
  const synapses = new Synapses(wiring, inputDim);
  connectLayers(synapses, sizes, new RandomState(seed));
  const commandEnd = sizes.motorNeurons + sizes.commandNeurons;
  return synapses.finish({ layers: layersOf(sizes), isCommand: (id) => id < commandEnd });
}
