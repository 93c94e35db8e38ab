/** The LTC scan as one differentiable operation on the tape. */

import * as tf from "@tensorflow/tfjs-core";
import { readArrays } from "./ltc-arrays.js";
import { ltcBackward } from "./ltc-backward.js";
import { ltcComposed } from "./ltc-composed.js";
import { ltcForward } from "./ltc-forward.js";
import { dynamicsNames, type LTCSettings, type LTCSynapses, type LTCTensors } from "./ltc-problem.js";

// Backends that keep tensors in memory, where reading them costs a copy and no waiting.
const inMemory = new Set(["cpu", "wasm", "tensorflow"]);

/**
 * Computes the potentials after each step `[rows, units]`; differentiable in inputs, state, elapsed time and all
 * weights. On in-memory backends the scan runs over the list of synapses in plain arrays, on others it is composed of
 * tensor operations.
 */
export function ltcOperation(tensors: LTCTensors, settings: LTCSettings, wiring: LTCSynapses): tf.Tensor2D {
  if (!inMemory.has(tf.getBackend())) return ltcComposed(tensors, settings, wiring);
  const { x, state, weights, elapsed } = tensors;
  if (tf.engine().state.gradientDepth === 0) {
    const { outputs } = ltcForward(readArrays(tensors, settings, wiring), false);
    return tf.tensor2d(outputs, [x.shape[0], wiring.units]);
  }
  const inputs: tf.Tensor[] = [x, state, ...dynamicsNames.map((name) => weights[name])];
  if (elapsed) inputs.push(elapsed);
  const operation = tf.customGrad<tf.Tensor2D>(() => {
    const arrays = readArrays(tensors, settings, wiring);
    const { outputs, trace } = ltcForward(arrays, true);
    const gradFunc = (dOutputs: tf.Tensor2D) => {
      const gradients = ltcBackward(dOutputs.dataSync() as Float32Array, trace!, arrays);
      const flat = [gradients.x, gradients.state, ...dynamicsNames.map((name) => gradients.weights[name])];
      if (elapsed) flat.push(gradients.elapsed);
      return flat.map((values, i) => tf.tensor(values, inputs[i].shape));
    };
    return { value: tf.tensor2d(outputs, [x.shape[0], wiring.units]), gradFunc };
  });
  return operation(...inputs);
}
