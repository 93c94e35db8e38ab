/** Fully connected wiring: every neuron is connected to every neuron. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { checkDraws, checkOutputDim, checkSeed, checkUnits } from "./checks.js";
import { DefaultRng } from "./numpy/default-rng.js";
import { Synapses } from "./synapses.js";
import type { BuiltWiring, Wiring, WiringJSON } from "./wiring.js";

/** Options of {@link FullyConnected}. */
export interface FullyConnectedOptions {
  /** Number of neurons, at most 1448: there are at most 2,097,152 synapses. */
  units: number;
  /** Number of motor neurons. Default: `units`. */
  outputDim?: number;
  /** Seed of the polarities, 0 to `Number.MAX_SAFE_INTEGER`. Default 1111. */
  seed?: number;
  /** Whether neurons are connected to themselves. Default true. */
  selfConnections?: boolean;
}

const names = optionNames<FullyConnectedOptions>({
  units: true,
  outputDim: true,
  seed: true,
  selfConnections: true,
});

/**
 * Every neuron is connected to every neuron, every input to every neuron; two of three synapses are excitatory. The
 * same polarities as `FullyConnected` of the Python package ncps with the same seed.
 *
 * @example
 * ```ts
 * const { synapseCount } = new FullyConnected({ units: 8, outputDim: 2 }).build(4); // 64
 * ```
 */
export class FullyConnected implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** Seed of the polarities. */
  readonly seed: number;
  /** Whether neurons are connected to themselves. */
  readonly selfConnections: boolean;

  /**
   * @throws InvalidArgumentError when a number is not a positive integer or too large, or `outputDim` exceeds `units`
   */
  constructor(options: FullyConnectedOptions) {
    if (new.target === FullyConnected) checkOptions("FullyConnected", options, names);
    const { units, outputDim = units, seed = 1111, selfConnections = true } = options;
    this.units = checkUnits("units", units);
    checkDraws("units", units, units * units);
    if (typeof selfConnections !== "boolean") {
      const received = showValue(selfConnections);
      throw new InvalidArgumentError("selfConnections", `expected true or false, received ${received}`);
    }
    this.outputDim = checkOutputDim(outputDim, units);
    this.seed = checkSeed(seed, Number.MAX_SAFE_INTEGER);
    this.selfConnections = selfConnections;
  }

  /** Creates the synapses for `inputDim` inputs. */
  build(inputDim: number): BuiltWiring {
    const synapses = new Synapses(this, inputDim);
    const rng = new DefaultRng(this.seed);
    const polarity = () => rng.choice([-1, 1, 1]);
    for (let source = 0; source < this.units; source++) {
      for (let destination = 0; destination < this.units; destination++) {
        if (source === destination && !this.selfConnections) continue;
        synapses.connect(source, destination, polarity());
      }
    }
    for (let source = 0; source < inputDim; source++) {
      for (let destination = 0; destination < this.units; destination++) {
        synapses.connectSensory(source, destination, polarity());
      }
    }
    return synapses.finish();
  }

  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON {
    const { units, outputDim, seed, selfConnections } = this;
    return { type: "FullyConnected", units, outputDim, seed, selfConnections };
  }
}
