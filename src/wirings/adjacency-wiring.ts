/** Wiring with explicitly given synapses. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { checkLayers, checkMatrix, rowsOf } from "./check-adjacency.js";
import { checkInputs, checkList, checkOutputDim, checkUnits } from "./checks.js";
import { Synapses } from "./synapses.js";
import type { BuiltWiring, SynapseEntry, Wiring, WiringJSON } from "./wiring.js";

type Matrix = "adjacency" | "sensoryAdjacency";

/** Options of {@link AdjacencyWiring}. */
export interface AdjacencyWiringOptions {
  /** `[units][units]`, row source, column destination: 1 excitatory, -1 inhibitory, 0 no synapse. */
  adjacency: readonly (readonly number[] | Int8Array)[];
  /** `[inputDim][units]`, row sensory neuron, column destination. Determines the number of inputs. */
  sensoryAdjacency: readonly (readonly number[] | Int8Array)[];
  /** Number of motor neurons, the first ids. Default: all. */
  outputDim?: number;
  /**
   * Every id once, by layer, from the inputs to the outputs; the last of several layers contains the motor neurons in
   * order. Default: one layer with all neurons.
   */
  layers?: readonly (readonly number[])[];
  /** Ids of command neurons. Default: none. */
  commandNeurons?: readonly number[];
}

const names = optionNames<AdjacencyWiringOptions>({
  adjacency: true,
  sensoryAdjacency: true,
  outputDim: true,
  layers: true,
  commandNeurons: true,
});

/** Options of {@link AdjacencyWiring.fromSynapses}. */
export interface SynapseListOptions
  extends Pick<AdjacencyWiringOptions, "outputDim" | "layers" | "commandNeurons"> {
  /** Number of neurons, at most 4096. */
  units: number;
  /** Number of sensory neurons. */
  inputDim: number;
  /** Synapses between neurons. */
  synapses: readonly SynapseEntry[];
  /** Synapses from sensory neurons. */
  sensorySynapses: readonly SynapseEntry[];
}

const synapseListNames = optionNames<SynapseListOptions>({
  units: true,
  inputDim: true,
  synapses: true,
  sensorySynapses: true,
  outputDim: true,
  layers: true,
  commandNeurons: true,
});

/**
 * A wiring from its adjacency matrices, from a list of synapses, or copied from another wiring.
 *
 * @example
 * ```ts
 * const wiring = AdjacencyWiring.fromSynapses({
 *   units: 3,
 *   inputDim: 2,
 *   outputDim: 1,
 *   sensorySynapses: [[0, 1, 1], [1, 2, -1]], // source, destination, polarity
 *   synapses: [[1, 0, 1], [2, 0, 1]],
 * });
 * ```
 */
export class AdjacencyWiring implements Wiring {
  /** Number of neurons. */
  readonly units: number;
  /** Number of motor neurons. */
  readonly outputDim: number;
  /** Number of sensory neurons: the only value that {@link AdjacencyWiring.build} accepts. */
  readonly inputDim: number;
  private readonly options: Required<Omit<AdjacencyWiringOptions, Matrix>> & Record<Matrix, Int8Array[]>;

  /**
   * @throws InvalidArgumentError when a matrix has the wrong shape or an invalid value, or a layer or id does not
   * match
   */
  constructor(options: AdjacencyWiringOptions) {
    if (new.target === AdjacencyWiring) checkOptions("AdjacencyWiring", options, names);
    const { adjacency, sensoryAdjacency, outputDim, layers, commandNeurons = [] } = options;
    const units = checkUnits("adjacency", checkList("adjacency", adjacency).length);
    this.units = units;
    this.inputDim = checkInteger("sensoryAdjacency", checkList("sensoryAdjacency", sensoryAdjacency).length);
    this.outputDim = checkOutputDim(outputDim ?? units, units);
    for (const id of checkList("commandNeurons", commandNeurons)) {
      if (Number.isInteger(id) && id >= this.outputDim && id < units) continue;
      const bounds = `from ${this.outputDim} to ${units - 1} (not a motor neuron)`;
      throw new InvalidArgumentError("commandNeurons", `expected ids ${bounds}, received ${showValue(id)}`);
    }
    this.options = {
      adjacency: checkMatrix("adjacency", adjacency, units),
      sensoryAdjacency: checkMatrix("sensoryAdjacency", sensoryAdjacency, units),
      outputDim: this.outputDim,
      layers: checkLayers(layers, units, this.outputDim),
      commandNeurons: [...commandNeurons],
    };
  }

  /**
   * Creates a wiring from lists of synapses.
   *
   * @throws InvalidArgumentError when a synapse has an invalid neuron or a polarity other than 1 or -1, or is repeated
   */
  static fromSynapses(options: SynapseListOptions): AdjacencyWiring {
    checkOptions("AdjacencyWiring.fromSynapses", options, synapseListNames);
    const { units, inputDim, synapses, sensorySynapses, ...others } = options;
    checkUnits("units", units);
    checkInputs(inputDim, units);
    return new AdjacencyWiring({
      ...others,
      adjacency: rowsOf("synapses", synapses, units, units),
      sensoryAdjacency: rowsOf("sensorySynapses", sensorySynapses, inputDim, units),
    });
  }

  /** Creates a wiring with exactly the synapses of a built one, whatever its class. */
  static from(built: BuiltWiring): AdjacencyWiring {
    const { units, outputDim, adjacency, sensoryAdjacency, layers } = built;
    const rows = (matrix: Int8Array) =>
      Array.from({ length: matrix.length / units }, (_, i) => matrix.subarray(i * units, (i + 1) * units));
    const commandNeurons = layers.flat().filter((id) => built.neuronType(id) === "command");
    return new AdjacencyWiring({
      adjacency: rows(adjacency),
      sensoryAdjacency: rows(sensoryAdjacency),
      outputDim,
      layers,
      commandNeurons,
    });
  }

  /** Returns the synapses. Throws `InvalidArgumentError` when `inputDim` is not {@link AdjacencyWiring.inputDim}. */
  build(inputDim: number): BuiltWiring {
    const { adjacency, sensoryAdjacency, layers, commandNeurons } = this.options;
    if (inputDim !== this.inputDim) {
      throw new InvalidArgumentError(
        "inputDim",
        `expected ${this.inputDim}, the rows of sensoryAdjacency, received ${inputDim}`,
      );
    }
    const synapses = new Synapses(this, inputDim);
    for (const [i, row] of adjacency.entries()) synapses.adjacency.set(row, i * this.units);
    for (const [i, row] of sensoryAdjacency.entries()) synapses.sensoryAdjacency.set(row, i * this.units);
    return synapses.finish({ layers, isCommand: (id) => commandNeurons.includes(id) });
  }

  /** The wiring as plain data. */
  toJSON(): WiringJSON {
    const { adjacency, sensoryAdjacency, ...others } = this.options;
    const numbers = (rows: readonly Int8Array[]) => rows.map((row) => [...row]);
    return {
      type: "AdjacencyWiring",
      adjacency: numbers(adjacency),
      sensoryAdjacency: numbers(sensoryAdjacency),
      ...structuredClone(others),
    };
  }
}
