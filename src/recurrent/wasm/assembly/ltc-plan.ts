/** Parameters of the LTC kernels, as a structure of 32-bit words in memory; addresses in bytes, 0 for none. */

/**
 * One pass over sequences, four of them in the lanes of each vector. `rows = batch * steps`, the row of step `t` of
 * sequence `b` being `b * steps + t`. For synapses, listed by their postsynaptic neuron: `first [units + 1]` is
 * the index of each neuron's first synapse, `source` the presynaptic neuron, in bytes (16 per neuron), `parameters
 * [count, 4]` are `w, sigma, mu, erev`.
 */
@unmanaged
export class LTCPlan {
  batch: i32;
  steps: i32;
  units: i32;
  inputs: i32;
  /** Number of solver steps. */
  unfolds: i32;
  /** Number of synapses between neurons. */
  inner: i32;
  /** Number of synapses from inputs. */
  sensory: i32;
  epsilon: f32;
  /** Elapsed time of each step without `times`. */
  elapsed: f32;
  /** Inputs `[rows, inputs]`. */
  x: usize;
  /** Initial state `[batch, units]`. */
  state: usize;
  /** Elapsed times `[rows]`. */
  times: usize;
  /** Keep factors (0 at resets) `[rows]`. */
  resets: usize;
  /** Mask `[rows]`. */
  mask: usize;
  /** Neuron parameters `[units, 4]`: `gleak, vleak, cm`, positive where required, and an unused word. */
  neurons: usize;
  innerFirst: usize;
  innerSource: usize;
  innerParameters: usize;
  sensoryFirst: usize;
  sensorySource: usize;
  sensoryParameters: usize;
  /** Outputs, or their gradients, `[rows, units]`. */
  outputs: usize;
  /** Last state, or its gradient, `[batch, units]`. */
  last: usize;
  /** State consumed by each step, `[ceil(batch / 4), steps, units]` vectors; 0 if nothing is recorded. */
  consumed: usize;
  /** Work area in vectors: `inputs + 4 units`; in the backward pass see `ltcBackward`. */
  work: usize;
  /** Gradient of the inputs `[rows, inputs]`. */
  dX: usize;
  /** Gradient of the initial state `[batch, units]`. */
  dState: usize;
  /** Gradient of the elapsed times `[rows]`. */
  dTimes: usize;
  /** Sums over everything, to be zeroed before: `[units, 3]` vectors of `gleak, vleak, cm`. */
  dNeurons: usize;
  /** Sums for the synapses between neurons, to be zeroed before: `[inner, 4]` vectors of `w, sigma, mu, erev`. */
  dInner: usize;
  /** Sums for the synapses from inputs, to be zeroed before: `[sensory, 4]` vectors. */
  dSensory: usize;
}
