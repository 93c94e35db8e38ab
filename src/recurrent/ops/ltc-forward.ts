/** Forward pass of the LTC scan in plain arrays. */

import type { LTCArrays, SynapseList } from "./ltc-arrays.js";
import { logistic } from "./ltc-sigmoid.js";

/** Values that the backward pass needs; solver steps are numbered through all rows. */
export interface LTCTrace {
  /** Potentials before each solver step `[rows * unfolds, units]`. */
  before: Float64Array;
  /** Rate of change of the potentials `[rows * unfolds, units]`. */
  rate: Float64Array;
  /** Denominators `[rows * unfolds, units]`. */
  denominator: Float64Array;
  /** Activation (degree of opening) of each synapse `[rows * unfolds, synapses]`. */
  open: Float32Array;
  /** Activation of each synapse from the inputs `[rows, synapses]`. */
  sensoryOpen: Float32Array;
}

/** Result of {@link ltcForward}. */
export interface LTCForward {
  /** Potentials after each step `[rows, units]`. */
  outputs: Float32Array;
  /** Values for the backward pass, if requested. */
  trace?: LTCTrace;
}

/**
 * Runs all sequences, one after another. A solver step of length `h = elapsed / unfolds` is the semi-implicit
 * Euler step of Hasani et al. 2021,
 *
 *     v' = (cm / h v + n) / (cm / h + d) = v + h (n - d v) / (cm + h d)
 *
 * using the second form, which leaves `v` unchanged if no time passes.
 */
export function ltcForward(arrays: LTCArrays, record: boolean): LTCForward {
  const { batch, steps, units, inputs, x, elapsed, keep, mask, inner, sensory, settings } = arrays;
  const { gleak, vleak, cm } = arrays;
  const { odeUnfolds, epsilon } = settings;
  const rows = batch * steps;
  const outputs = new Float32Array(rows * units);
  const trace = record ? createTrace(arrays) : undefined;
  const innerOpen = trace?.open ?? new Float32Array(inner.count);
  const sensoryOpen = trace?.sensoryOpen ?? new Float32Array(sensory.count);
  const v = new Float64Array(units);
  const [n, d, baseN, baseD] = [0, 0, 0, 0].map(() => new Float64Array(units));
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let i = 0; i < units; i++) v[i] = arrays.state[sequence * units + i];
    for (let step = 0; step < steps; step++) {
      const row = step * batch + sequence;
      if (keep?.[row] === 0) v.fill(0);
      if (mask?.[row] !== 0) {
        for (let i = 0; i < units; i++) {
          baseN[i] = gleak[i] * vleak[i];
          baseD[i] = gleak[i] + epsilon;
        }
        addSynapseCurrents(
          sensory,
          x,
          row * inputs,
          baseN,
          baseD,
          sensoryOpen,
          trace ? row * sensory.count : 0,
        );
        const h = (elapsed ? elapsed[row] : settings.elapsed) / odeUnfolds;
        for (let unfold = 0; unfold < odeUnfolds; unfold++) {
          const at = row * odeUnfolds + unfold;
          n.set(baseN);
          d.set(baseD);
          addSynapseCurrents(inner, v, 0, n, d, innerOpen, trace ? at * inner.count : 0);
          for (let i = 0; i < units; i++) {
            const denominator = cm[i] + h * d[i];
            const rate = denominator === 0 ? 0 : (n[i] - d[i] * v[i]) / denominator;
            if (trace) {
              trace.before[at * units + i] = v[i];
              trace.rate[at * units + i] = rate;
              trace.denominator[at * units + i] = denominator;
            }
            v[i] += h * rate;
          }
        }
      }
      outputs.set(v, row * units);
    }
  }
  return { outputs, trace };
}

/** Adds the currents of all synapses to numerators and denominators, and stores the activation of each. */
function addSynapseCurrents(
  { first, source, w, sigma, mu, erev }: SynapseList,
  v: Float64Array,
  offset: number,
  n: Float64Array,
  d: Float64Array,
  open: Float32Array,
  at: number,
): void {
  for (let i = 0; i < n.length; i++) {
    let current = 0;
    let conductance = 0;
    const end = first[i + 1];
    for (let k = first[i]; k < end; k++) {
      const s = logistic(sigma[k] * (v[offset + source[k]] - mu[k]));
      open[at + k] = s;
      const synapseConductance = w[k] * s;
      conductance += synapseConductance;
      current += synapseConductance * erev[k];
    }
    n[i] += current;
    d[i] += conductance;
  }
}

function createTrace({ batch, steps, units, inner, sensory, settings }: LTCArrays): LTCTrace {
  const rows = batch * steps;
  const solverSteps = rows * settings.odeUnfolds;
  return {
    before: new Float64Array(solverSteps * units),
    rate: new Float64Array(solverSteps * units),
    denominator: new Float64Array(solverSteps * units),
    open: new Float32Array(solverSteps * inner.count),
    sensoryOpen: new Float32Array(rows * sensory.count),
  };
}
