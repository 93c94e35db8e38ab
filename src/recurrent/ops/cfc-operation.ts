/** The CfC scan as one differentiable operation on the tape. */

import * as tf from "@tensorflow/tfjs-core";
import { cfcBackward } from "./cfc-backward.js";
import { type CfCTrace, cfcForward } from "./cfc-forward.js";
import { foldGate, foldsGate, unfoldGate } from "./cfc-gate.js";
import type { LinearWeights, ScanSettings, ScanTensors } from "./cfc-problem.js";

/**
 * Computes the state after each step `[rows, units]`; differentiable in the inputs, the state, the elapsed time and
 * all weights. `keep` and `mask` get no gradient.
 */
export function cfcOperation(tensors: ScanTensors, settings: ScanSettings): tf.Tensor2D {
  const folds = foldsGate(tensors, settings);
  const folded = (given: ScanTensors) =>
    folds ? { ...given, layers: foldGate(given.layers, settings) } : given;
  if (tf.engine().state.gradientDepth === 0) {
    return tf.tidy(() => cfcForward(folded(tensors), settings, false).outputs);
  }
  const inputs = differentiable(tensors);
  const operation = tf.customGrad<tf.Tensor2D>((...given) => {
    const save = given[given.length - 1] as tf.GradSaveFunc;
    const { outputs, trace } = cfcForward(folded(tensors), settings, true);
    const memory = new Memory(tensors, trace!);
    save(memory.temporary);
    const gradFunc = (dOutputs: tf.Tensor2D, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const kept = memory.restore(saved);
        const gradients = cfcBackward(dOutputs, kept.trace, folded(kept.tensors), settings);
        if (folds) gradients.layers = unfoldGate(gradients.layers, settings);
        return differentiable(gradients);
      });
    return { value: outputs, gradFunc };
  });
  return operation(...inputs);
}

/** The differentiable tensors, in a fixed order. */
type Differentiable = Pick<ScanTensors, "x" | "state" | "layers" | "wTau" | "a" | "elapsed">;

function differentiable({ x, state, layers, wTau, a, elapsed }: Differentiable): tf.Tensor[] {
  const flat: (tf.Tensor | undefined)[] = [x, state, wTau, a, elapsed];
  for (const { kernel, bias } of layers) flat.push(kernel, bias);
  return flat.filter((tensor) => tensor !== undefined);
}

/**
 * Collects the tensors that the backward pass reads. The tape saves copies of temporary tensors; variables outlive the
 * step anyway and are not copied.
 */
class Memory {
  /** Tensors that the tape saves. */
  readonly temporary: tf.Tensor[] = [];

  constructor(
    private readonly tensors: ScanTensors,
    private readonly trace: CfCTrace,
  ) {
    this.visit((tensor) => {
      if (!(tensor instanceof tf.Variable)) this.temporary.push(tensor);
      return tensor;
    });
  }

  /** Restores the structure with the saved copies in place of the temporaries. */
  restore(saved: tf.Tensor[]): { tensors: ScanTensors; trace: CfCTrace } {
    let next = 0;
    return this.visit((tensor) =>
      tensor instanceof tf.Variable ? tensor : (saved[next++] as typeof tensor),
    );
  }

  private visit(see: <T extends tf.Tensor>(tensor: T) => T): { tensors: ScanTensors; trace: CfCTrace } {
    const maybe = <T extends tf.Tensor>(tensor: T | undefined) => tensor && see(tensor);
    const { x, state, layers, wTau, a, elapsed, keep, mask, dropout } = this.tensors;
    const { consumed, activated, preActivated, head } = this.trace;
    return {
      tensors: {
        x: see(x),
        // Only the shape of the state is needed, and biases not at all.
        state,
        layers: layers.map(({ kernel, bias }): LinearWeights => ({ kernel: see(kernel), bias })),
        wTau: maybe(wTau),
        a: maybe(a),
        elapsed: maybe(elapsed),
        keep: maybe(keep),
        mask: maybe(mask),
        dropout: dropout?.map(maybe),
      },
      trace: {
        consumed: see(consumed),
        activated: activated.map(see),
        preActivated: preActivated.map(maybe),
        head: Object.fromEntries(Object.entries(head).map(([name, part]) => [name, see(part)])),
      },
    };
  }
}
