/** The LTC scan composed of tensor operations, for backends whose tensors cannot be read synchronously. */

import * as tf from "@tensorflow/tfjs-core";
import { chooseRows } from "./choose-rows.js";
import { type LTCSettings, type LTCSynapses, type LTCTensors, positiveNames } from "./ltc-problem.js";

/**
 * Computes the potentials after each step `[rows, units]`, on the tape, over all pairs of neurons whether there is a
 * synapse or not: memory grows with `time * odeUnfolds * batch * units^2`.
 */
export function ltcComposed(tensors: LTCTensors, settings: LTCSettings, synapses: LTCSynapses): tf.Tensor2D {
  const { x, state, elapsed, keep, mask } = tensors;
  const { units, inputDim } = synapses;
  const batch = state.shape[0];
  const steps = x.shape[0] / batch;
  const weights = { ...tensors.weights };
  if (settings.implicitConstraints) {
    for (const name of positiveNames) weights[name] = tf.softplus(weights[name]) as never;
  }
  const { gleak, vleak, cm, sigma, mu, erev, sensorySigma, sensoryMu, sensoryErev } = weights;
  const present = (adjacency: Int8Array, rows: number) =>
    tf.tensor2d(Float32Array.from(adjacency, Math.abs), [rows, units]);
  const w = tf.mul(weights.w, present(synapses.adjacency, units));
  const sensoryW = tf.mul(weights.sensoryW, present(synapses.sensoryAdjacency, inputDim));
  // Summed numerators and denominators [batch, units] of synapses from v [batch, sources].
  const currents = (v: tf.Tensor, [w, sigma, mu, erev]: tf.Tensor[]) => {
    const from = tf.reshape(v, [batch, -1, 1]);
    const open = tf.mul(tf.sigmoid(tf.mul(tf.sub(from, mu), sigma)), w);
    return { n: tf.sum(tf.mul(open, erev), 1), d: tf.sum(open, 1) };
  };
  const leak = { n: tf.mul(gleak, vleak), d: tf.add(gleak, tf.scalar(settings.epsilon)) };
  const row = (rows: tf.Tensor2D, step: number) => tf.slice(rows, [step * batch, 0], [batch, rows.shape[1]]);
  const outputs: tf.Tensor2D[] = [];
  let v: tf.Tensor = state;
  for (let step = 0; step < steps; step++) {
    if (keep) v = chooseRows(row(keep, step), v as tf.Tensor2D);
    const sensory = currents(row(x, step), [sensoryW, sensorySigma, sensoryMu, sensoryErev]);
    const base = { n: tf.add(sensory.n, leak.n), d: tf.add(sensory.d, leak.d) };
    const h = elapsed
      ? tf.div(row(elapsed, step), settings.odeUnfolds)
      : tf.scalar(settings.elapsed / settings.odeUnfolds);
    let next = v;
    for (let unfold = 0; unfold < settings.odeUnfolds; unfold++) {
      const recurrent = currents(next, [w, sigma, mu, erev]);
      const n = tf.add(recurrent.n, base.n);
      const d = tf.add(recurrent.d, base.d);
      const change = tf.div(tf.sub(n, tf.mul(d, next)), tf.add(cm, tf.mul(h, d)));
      next = tf.add(next, tf.mul(h, change));
    }
    if (mask) next = chooseRows(row(mask, step), next as tf.Tensor2D, v as tf.Tensor2D);
    v = next;
    outputs.push(v as tf.Tensor2D);
  }
  return outputs.length === 1 ? outputs[0] : tf.concat(outputs, 0);
}
