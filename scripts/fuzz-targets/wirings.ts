/** Fuzz targets of wirings from JSON, and of lists of synapses. */

import {
  AdjacencyWiring,
  AutoNCP,
  FullyConnected,
  LayeredNCP,
  NCP,
  RandomWiring,
  type SynapseListOptions,
  type WiringJSON,
  wiringFromJSON,
} from "../../src/wirings/index.js";
import { below, type Draw, oddData, oddValue, pick, typedOr } from "./mutate.js";
import type { FuzzTarget } from "./target.js";

interface Mutant {
  json?: WiringJSON;
  list?: SynapseListOptions;
  inputDim: number;
}

const sizes = {
  commandNeurons: 6,
  motorNeurons: 2,
  sensoryFanout: 4,
  recurrentCommandSynapses: 4,
  motorFanin: 3,
};
const whole: WiringJSON[] = [
  new FullyConnected({ units: 6, outputDim: 2 }),
  new RandomWiring({ units: 12, outputDim: 3, sparsity: 0.6 }),
  new NCP({ ...sizes, interNeurons: 9, interFanout: 3 }),
  new AutoNCP({ units: 20, outputSize: 3 }),
  new LayeredNCP({ ...sizes, interNeurons: [9, 5], interFanouts: [2, 3] }),
  AdjacencyWiring.from(new AutoNCP({ units: 12, outputSize: 2 }).build(3)),
].map((wiring) => wiring.toJSON());
const list: SynapseListOptions = {
  units: 4,
  inputDim: 3,
  outputDim: 1,
  synapses: [
    [1, 0, 1],
    [2, 1, -1],
  ],
  sensorySynapses: [[0, 2, 1]],
  layers: [[2, 3], [1], [0]],
  commandNeurons: [1],
};

function mutant(random: Draw): Omit<Mutant, "inputDim"> {
  if (random() < 0.2) return { list: oddData(list, random) };
  const json = structuredClone(pick(random, whole)) as Record<string, unknown>;
  if (random() < 0.5) return { json: oddData(json, random) as WiringJSON };
  json[pick(random, Object.keys(json))] = random() < 0.5 ? below(random, 6000) : oddValue(random);
  return { json: json as WiringJSON };
}

export const targets: FuzzTarget[] = [
  {
    name: "wirings",
    async prepare() {},
    mutate(random): Mutant {
      return { ...mutant(random), inputDim: pick(random, [3, 3, 3, 1, 0, -1, 1e9, 0.5]) };
    },
    run(given) {
      const { json, list: synapses, inputDim } = given as Mutant;
      return typedOr(
        () => {
          const wiring = synapses
            ? AdjacencyWiring.fromSynapses(synapses)
            : wiringFromJSON(json as WiringJSON);
          return wiring.build(inputDim);
        },
        (built) => {
          const entries = [...built.adjacency.subarray(0, 1000), ...built.sensoryAdjacency.subarray(0, 1000)];
          if (!entries.every((entry) => entry === 0 || Math.abs(entry) === 1)) throw new Error("no polarity");
          if (Array.prototype.length !== 0 || Object.keys(Object.prototype).length > 0)
            throw new Error("prototypes");
        },
      );
    },
  },
];
