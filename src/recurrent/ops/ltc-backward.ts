/** Hand-derived backward pass of the LTC scan in plain arrays. */

import type { LTCArrays, SynapseList } from "./ltc-arrays.js";
import type { LTCTrace } from "./ltc-forward.js";
import { type DynamicsName, positiveNames } from "./ltc-problem.js";

/** Gradients of everything that a scan reads, in the same layouts. */
export interface LTCGradients {
  /** Gradient of the inputs `[rows, inputs]`. */
  x: Float32Array;
  /** Gradient of the initial state `[batch, units]`. */
  state: Float32Array;
  /** Gradient of the elapsed times `[rows]`. */
  elapsed: Float32Array;
  /** Gradients of the stored weights, zero where there is no synapse. */
  weights: Record<DynamicsName, Float32Array>;
}

/** Accumulated gradients of the synapses of one list. */
interface SynapseGradients {
  w: Float64Array;
  sigma: Float64Array;
  mu: Float64Array;
  erev: Float64Array;
}

/**
 * Computes all gradients from those of the outputs. With `v' = v + h rate`, `rate = (n - d v) / D` and `D = cm + h
 * d`, a gradient `g` of `v'` gives, with `l = g h / D`:
 *
 *     n: l      d: -l v'      v: g cm / D      cm: -g h rate / D      h: g rate cm / D
 *
 * @param dOutputs gradient of the outputs `[rows, units]`
 */
export function ltcBackward(dOutputs: Float32Array, trace: LTCTrace, arrays: LTCArrays): LTCGradients {
  const { batch, steps, units, inputs, elapsed, keep, mask, inner, sensory, settings } = arrays;
  const { gleak, vleak, cm, x } = arrays;
  const { odeUnfolds } = settings;
  const rows = batch * steps;
  const dx = new Float32Array(rows * inputs);
  const dState = new Float32Array(batch * units);
  const dElapsed = new Float32Array(rows);
  const [dGleak, dVleak, dCm, dv, dBefore] = [0, 0, 0, 0, 0].map(() => new Float64Array(units));
  // Gradients of n and d; summed over the solver steps for inputs and leak, which are the same in all.
  const [dn, dd, sumN, sumD] = [0, 0, 0, 0].map(() => new Float64Array(units));
  const dInner = createGradients(inner);
  const dSensory = createGradients(sensory);
  const dInput = new Float64Array(inputs);
  for (let sequence = 0; sequence < batch; sequence++) {
    dv.fill(0);
    for (let step = steps - 1; step >= 0; step--) {
      const row = step * batch + sequence;
      for (let i = 0; i < units; i++) dv[i] += dOutputs[row * units + i];
      if (mask?.[row] !== 0) {
        const h = (elapsed ? elapsed[row] : settings.elapsed) / odeUnfolds;
        let dh = 0;
        sumN.fill(0);
        sumD.fill(0);
        for (let at = (row + 1) * odeUnfolds - 1; at >= row * odeUnfolds; at--) {
          for (let i = 0; i < units; i++) {
            const place = at * units + i;
            const denominator = trace.denominator[place];
            const share = denominator === 0 ? 0 : dv[i] / denominator;
            const rate = trace.rate[place];
            dn[i] = share * h;
            dd[i] = -dn[i] * (trace.before[place] + h * rate);
            sumN[i] += dn[i];
            sumD[i] += dd[i];
            dCm[i] -= dn[i] * rate;
            dh += share * rate * cm[i];
            dBefore[i] = denominator === 0 ? dv[i] : share * cm[i];
          }
          const before = trace.before.subarray(at * units, (at + 1) * units);
          addSynapseGradients(inner, before, dn, dd, trace.open, at * inner.count, dInner, dBefore);
          dv.set(dBefore);
        }
        dElapsed[row] = dh / odeUnfolds;
        for (let i = 0; i < units; i++) {
          dGleak[i] += sumN[i] * vleak[i] + sumD[i];
          dVleak[i] += sumN[i] * gleak[i];
        }
        dInput.fill(0);
        const input = x.subarray(row * inputs, (row + 1) * inputs);
        addSynapseGradients(
          sensory,
          input,
          sumN,
          sumD,
          trace.sensoryOpen,
          row * sensory.count,
          dSensory,
          dInput,
        );
        dx.set(dInput, row * inputs);
      }
      if (keep?.[row] === 0) dv.fill(0);
    }
    dState.set(dv, sequence * units);
  }
  const weights = {
    gleak: Float32Array.from(dGleak),
    vleak: Float32Array.from(dVleak),
    cm: Float32Array.from(dCm),
    w: scatter(dInner.w, inner, units * units),
    sigma: scatter(dInner.sigma, inner, units * units),
    mu: scatter(dInner.mu, inner, units * units),
    erev: scatter(dInner.erev, inner, units * units),
    sensoryW: scatter(dSensory.w, sensory, inputs * units),
    sensorySigma: scatter(dSensory.sigma, sensory, inputs * units),
    sensoryMu: scatter(dSensory.mu, sensory, inputs * units),
    sensoryErev: scatter(dSensory.erev, sensory, inputs * units),
  };
  if (settings.implicitConstraints) {
    // The slope of the softplus is the logistic function.
    for (const name of positiveNames) {
      const [gradient, raw] = [weights[name], arrays.raw[name]];
      for (let k = 0; k < gradient.length; k++) gradient[k] /= 1 + Math.exp(-raw[k]);
    }
  }
  return { x: dx, state: dState, elapsed: dElapsed, weights };
}

/** Propagates gradients of numerators and denominators to those of the synapses and of the presynaptic potentials. */
function addSynapseGradients(
  { first, source, w, sigma, mu, erev }: SynapseList,
  v: Float64Array,
  dn: Float64Array,
  dd: Float64Array,
  open: Float32Array,
  at: number,
  gradients: SynapseGradients,
  dv: Float64Array,
): void {
  const { w: dw, sigma: dSigma, mu: dMu, erev: dErev } = gradients;
  for (let i = 0; i < dn.length; i++) {
    const dCurrent = dn[i];
    const dConductance = dd[i];
    const end = first[i + 1];
    for (let k = first[i]; k < end; k++) {
      const j = source[k];
      const s = open[at + k];
      const synapseConductance = w[k] * s;
      const dSynapseConductance = dCurrent * erev[k] + dConductance;
      dw[k] += dSynapseConductance * s;
      dErev[k] += dCurrent * synapseConductance;
      const du = dSynapseConductance * synapseConductance * (1 - s);
      const steep = du * sigma[k];
      dSigma[k] += du * (v[j] - mu[k]);
      dMu[k] -= steep;
      dv[j] += steep;
    }
  }
}

function createGradients({ count }: SynapseList): SynapseGradients {
  const zeros = () => new Float64Array(count);
  return { w: zeros(), sigma: zeros(), mu: zeros(), erev: zeros() };
}

function scatter(values: Float64Array, { count, place }: SynapseList, size: number): Float32Array {
  const matrix = new Float32Array(size);
  for (let k = 0; k < count; k++) matrix[place[k]] = values[k];
  return matrix;
}
