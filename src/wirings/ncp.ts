/** Neural circuit policy with inter, command and motor neurons. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { checkAtMost, checkRecurrent, checkSeed, checkUnits } from "./checks.js";
import type { LayerSizes } from "./connect-layers.js";
import { buildLayers } from "./layered-ncp.js";
import type { BuiltWiring, Wiring, WiringJSON } from "./wiring.js";

/** Options of {@link NCP}. */
export interface NCPOptions {
  /** Number of inter neurons; all neurons together must be at most 4096. */
  interNeurons: number;
  /** Number of command neurons. */
  commandNeurons: number;
  /** Number of motor neurons, the outputs. */
  motorNeurons: number;
  /** Synapses from each sensory neuron to inter neurons, at most `interNeurons`. */
  sensoryFanout: number;
  /** Synapses from each inter neuron to command neurons, at most `commandNeurons`. */
  interFanout: number;
  /** Number of draws of synapses among the command neurons; the same pair may be drawn again. At most 2,097,152. */
  recurrentCommandSynapses: number;
  /** Synapses from command neurons to each motor neuron, at most `commandNeurons`. */
  motorFanin: number;
  /** Seed, 0 to 2^32 - 1. Default 22222. */
  seed?: number;
}

const names = optionNames<NCPOptions>({
  interNeurons: true,
  commandNeurons: true,
  motorNeurons: true,
  sensoryFanout: true,
  interFanout: true,
  recurrentCommandSynapses: true,
  motorFanin: true,
  seed: true,
});

/**
 * Neural circuit policy (Lechner et al. 2020): sensory → inter → command → motor, with recurrent synapses only among
 * the command neurons. Ids: motor neurons first, then command, then inter. The same synapses as `NCP` of the Python
 * package ncps with the same seed.
 *
 * @example
 * ```ts
 * const wiring = new NCP({
 *   interNeurons: 12,
 *   commandNeurons: 8,
 *   motorNeurons: 1,
 *   sensoryFanout: 4,
 *   interFanout: 4,
 *   recurrentCommandSynapses: 4,
 *   motorFanin: 6,
 * });
 * ```
 */
export class NCP implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** The options, with defaults filled in. */
  readonly options: Readonly<Required<NCPOptions>>;

  /**
   * @throws InvalidArgumentError when a fan-out or fan-in exceeds the number of neurons, or a number is out of range
   */
  constructor(options: NCPOptions) {
    if (new.target === NCP) checkOptions("NCP", options, names);
    const { seed = 22222, ...sizes } = options;
    const { interNeurons, commandNeurons, motorNeurons } = sizes;
    checkInteger("interNeurons", interNeurons);
    checkInteger("commandNeurons", commandNeurons);
    checkInteger("motorNeurons", motorNeurons);
    checkAtMost("motorFanin", sizes.motorFanin, commandNeurons, "command neurons");
    checkAtMost("sensoryFanout", sizes.sensoryFanout, interNeurons, "inter neurons");
    checkAtMost("interFanout", sizes.interFanout, commandNeurons, "command neurons");
    checkRecurrent(sizes.recurrentCommandSynapses);
    checkSeed(seed, 2 ** 32 - 1);
    this.options = Object.freeze({ ...sizes, seed });
    this.units = checkUnits("units", interNeurons + commandNeurons + motorNeurons);
    this.outputDim = motorNeurons;
  }

  /** Creates the synapses for `inputDim` inputs. */
  build(inputDim: number): BuiltWiring {
    return buildLayers(this, inputDim, ncpSizes(this.options), this.options.seed);
  }

  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON {
    return { type: "NCP", ...this.options };
  }
}

/** Converts the sizes of an NCP to those with a list of inter layers. */
export function ncpSizes({ interNeurons, interFanout, ...others }: Omit<NCPOptions, "seed">): LayerSizes {
  return { ...others, interNeurons: [interNeurons], interFanouts: [interFanout] };
}
