/** Random connections of neural circuit policies (Lechner et al. 2020), drawn in the same order as in ncps. */

import type { RandomState } from "./numpy/random-state.js";
import { range, type Synapses } from "./synapses.js";

/** Sizes of an NCP with any number of inter layers. */
export interface LayerSizes {
  /** Numbers of neurons of the inter layers, starting at the inputs. */
  interNeurons: readonly number[];
  /** Number of command neurons. */
  commandNeurons: number;
  /** Number of motor neurons. */
  motorNeurons: number;
  /** Synapses from each sensory neuron to the first inter layer. */
  sensoryFanout: number;
  /** Synapses from each neuron of an inter layer to the next layer, one number per inter layer. */
  interFanouts: readonly number[];
  /** Number of draws of synapses among the command neurons. */
  recurrentCommandSynapses: number;
  /** Synapses from command neurons to each motor neuron. */
  motorFanin: number;
}

/** Ids by layer: inter layers, command, motor. Motor neurons have the lowest ids, the first inter layer the highest. */
export function layersOf({ interNeurons, commandNeurons, motorNeurons }: LayerSizes): number[][] {
  let next = 0;
  const fromTheEnd = [motorNeurons, commandNeurons, ...[...interNeurons].reverse()].map((size) => {
    next += size;
    return range(next - size, next);
  });
  return fromTheEnd.reverse();
}

/** Draws all synapses of an NCP. */
export function connectLayers(synapses: Synapses, sizes: LayerSizes, rng: RandomState): void {
  const layers = layersOf(sizes);
  const [command, motor] = layers.slice(-2);
  const polarity = () => rng.choice([-1, 1]);
  const connect = (source: number, destination: number) => synapses.connect(source, destination, polarity());
  const connectSensory = (source: number, destination: number) =>
    synapses.connectSensory(source, destination, polarity());

  fanOut(rng, range(0, synapses.inputDim), layers[0], sizes.sensoryFanout, connectSensory);
  sizes.interFanouts.forEach((fanout, i) => {
    fanOut(rng, layers[i], layers[i + 1], fanout, connect);
  });
  for (let i = 0; i < sizes.recurrentCommandSynapses; i++) {
    const source = rng.choice(command);
    connect(source, rng.choice(command));
  }
  fanOut(rng, motor, command, sizes.motorFanin, (destination, source) => connect(source, destination));
}

// Each of `from` gets `count` partners among `to`; undrawn neurons of `to` get the mean number of partners.
function fanOut(
  rng: RandomState,
  from: readonly number[],
  to: readonly number[],
  count: number,
  connect: (from: number, to: number) => void,
): void {
  const left = new Set(to);
  for (const one of from) {
    for (const other of rng.sample(to, count)) {
      left.delete(other);
      connect(one, other);
    }
  }
  const mean = Math.trunc((from.length * count) / to.length);
  const partners = Math.min(Math.max(mean, 1), from.length);
  for (const other of left) {
    for (const one of rng.sample(from, partners)) connect(one, other);
  }
}
