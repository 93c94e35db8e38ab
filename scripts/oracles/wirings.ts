/** Compares wirings with recorded ones of the Python package `ncps`, element by element. */

import { connectLayers, layersOf } from "../../src/wirings/connect-layers.js";
import {
  AutoNCP,
  type BuiltWiring,
  FullyConnected,
  NCP,
  RandomWiring,
  type Wiring,
} from "../../src/wirings/index.js";
import { ncpSizes } from "../../src/wirings/ncp.js";
import { RandomState } from "../../src/wirings/numpy/random-state.js";
import { Synapses } from "../../src/wirings/synapses.js";

/** A recorded wiring. */
export interface WiringCase {
  /** Class in ncps. */
  cls: string;
  /** Its arguments, under the names of ncps. */
  args: Record<string, number | boolean>;
  /** Number of inputs. */
  input_dim: number;
  /** Number of calls of `build`; in ncps each call adds synapses. */
  builds: number;
  units: number;
  output_dim: number;
  layers: number[][];
  types: string[];
  synapse_count: number;
  sensory_synapse_count: number;
  adjacency: number[][];
  sensory: number[][];
}

/** Result of one recorded wiring. */
export interface WiringResult {
  /** Name of the case. */
  tag: string;
  /** Whether everything is equal. */
  ok: boolean;
  /** Counts, or the differences. */
  detail: string;
}

/** Whether a parsed file contains recorded wirings. */
export function isWiringFile(content: unknown): content is WiringCase[] {
  return Array.isArray(content) && content.every((entry) => entry?.adjacency && entry.sensory && entry.cls);
}

/** Builds the wiring of a case and compares. */
export function checkWiring(oracle: WiringCase): WiringResult {
  const { cls, args, input_dim: inputDim, builds } = oracle;
  const tag = `${cls}(${Object.values(args).join(",")}) ${inputDim} inputs${builds > 1 ? `, built ${builds} times` : ""}`;
  const wiring = wiringOfCase(oracle);
  const built = builds > 1 ? buildAgain(wiring, oracle) : wiring.build(inputDim);
  const pairs: [string, unknown, unknown][] = [
    ["units", built.units, oracle.units],
    ["output_dim", built.outputDim, oracle.output_dim],
    ["layers", built.layers, oracle.layers],
    ["types", oracle.types.map((_, id) => built.neuronType(id)), oracle.types],
    ["synapse_count", built.synapseCount, oracle.synapse_count],
    ["sensory_synapse_count", built.sensorySynapseCount, oracle.sensory_synapse_count],
    ["adjacency", [...built.adjacency], oracle.adjacency.flat()],
    ["sensory", [...built.sensoryAdjacency], oracle.sensory.flat()],
  ];
  const wrong = pairs.filter(([, got, wanted]) => JSON.stringify(got) !== JSON.stringify(wanted));
  const detail = wrong.length
    ? `differs in ${wrong.map(([name]) => name).join(", ")}`
    : `${built.synapseCount} + ${built.sensorySynapseCount} synapses`;
  return { tag, ok: wrong.length === 0, detail };
}

function wiringOfCase({ cls, args }: WiringCase): Wiring {
  const options = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      ncpsNames[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  ) as never;
  if (cls === "FullyConnected") return new FullyConnected(options);
  if (cls === "Random") return new RandomWiring(options);
  if (cls === "NCP") return new NCP(options);
  if (cls === "AutoNCP") return new AutoNCP(options);
  throw new Error(`no wiring ${cls}`);
}

const ncpsNames: Record<string, string> = {
  erev_init_seed: "seed",
  random_seed: "seed",
  sparsity_level: "sparsity",
};

// Calls of build() do not accumulate in this library; the recorded sum comes from the same generator in one call.
function buildAgain(wiring: Wiring, { input_dim: inputDim, builds }: WiringCase): BuiltWiring {
  if (!(wiring instanceof AutoNCP)) throw new Error("only AutoNCP is recorded with more than one build");
  const sizes = ncpSizes(wiring.sizes);
  const synapses = new Synapses(wiring, inputDim);
  const rng = new RandomState(wiring.seed);
  for (let i = 0; i < builds; i++) connectLayers(synapses, sizes, rng);
  const { neuronType } = wiring.build(inputDim);
  return synapses.finish({ layers: layersOf(sizes), isCommand: (id) => neuronType(id) === "command" });
}
