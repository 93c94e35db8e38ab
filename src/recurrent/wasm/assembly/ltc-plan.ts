/** What the LTC kernels are told, as a structure of 32-bit words in memory; addresses in bytes, 0 for none. */

/**
 * One pass over sequences, four of them in the lanes of each vector. `rows = batch * steps`, the row of step `t` of
 * sequence `b` being `b * steps + t`. Of synapses, listed by the neuron at which they end: `first [units + 1]` says
 * where those of each neuron begin, `source` where each comes from, in bytes (16 a neuron), `parameters [count, 4]`
 * are `w, sigma, mu, erev`.
 */
@unmanaged
export class LTCPlan {
  batch: i32;
  steps: i32;
  units: i32;
  inputs: i32;
  /** Steps of the solver. */
  unfolds: i32;
  /** Synapses between neurons. */
  inner: i32;
  /** Synapses from inputs. */
  sensory: i32;
  epsilon: f32;
  /** Time of each step without `times`. */
  elapsed: f32;
  /** `[rows, inputs]`. */
  x: usize;
  /** `[batch, units]`. */
  state: usize;
  /** `[rows]`. */
  times: usize;
  /** `[rows]`. */
  resets: usize;
  /** `[rows]`. */
  mask: usize;
  /** `[units, 4]`: `gleak, vleak, cm`, positive where they have to be, and a word without meaning. */
  neurons: usize;
  innerFirst: usize;
  innerSource: usize;
  innerParameters: usize;
  sensoryFirst: usize;
  sensorySource: usize;
  sensoryParameters: usize;
  /** `[rows, units]`: the outputs, or the gradients of them. */
  outputs: usize;
  /** `[batch, units]`: the last state, or its gradient. */
  last: usize;
  /** The state that each step consumes, `[ceil(batch / 4), steps, units]` vectors; 0 where nothing is recorded. */
  consumed: usize;
  /** Vectors: `inputs + 4 units`; in the backward pass see `ltcBackward`. */
  work: usize;
  /** `[rows, inputs]`. */
  dX: usize;
  /** `[batch, units]`. */
  dState: usize;
  /** `[rows]`. */
  dTimes: usize;
  /** Sums over everything, to be zero before: `[units, 3]` vectors of `gleak, vleak, cm`. */
  dNeurons: usize;
  /** `[inner, 4]` vectors of `w, sigma, mu, erev`, likewise. */
  dInner: usize;
  /** `[sensory, 4]` vectors, likewise. */
  dSensory: usize;
}
