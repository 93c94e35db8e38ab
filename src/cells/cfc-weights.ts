/** Creates and initialises the weights of a CfC cell. */

import type * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import type { InitializeOptions, InitializerKind } from "../core/initializers.js";
import type { CfCFlavour, CfCMode, CfCWeights, LinearWeights } from "../recurrent/ops/cfc-problem.js";

/** Creates one named weight with initial values. */
export type CreateVariable = (name: string, options: Omit<InitializeOptions, "random">) => tf.Variable;

/** Sizes and options that determine the weights of a CfC cell. */
export interface CfCSizes {
  /** Size of the state. */
  units: number;
  /** Formula of the cell. */
  mode: CfCMode;
  /** Flavour, which determines the weight initialisation. */
  flavour: CfCFlavour;
  /** Units per backbone layer. */
  backboneUnits: number;
  /** Number of backbone layers. */
  backboneLayers: number;
}

/**
 * Creates `backbone1/kernel`, `backbone1/bias`, ..., `heads/kernel`, `heads/bias` and, in pure mode, `w_tau`
 * and `a`. Kernels are Glorot uniform, separately for each head; biases are uniform within `1 / sqrt(fanIn)` in the
 * torch flavour and zero in the tf flavour; `w_tau` is 0 and `A` is 1.
 */
export function createCfCWeights(sizes: CfCSizes, inputSize: number, create: CreateVariable): CfCWeights {
  const { units, mode, flavour, backboneUnits, backboneLayers } = sizes;
  const biasKind: InitializerKind = flavour === "torch" ? "torchUniform" : "zeros";
  const linear = (name: string, inputs: number, outputs: number, fanOut = outputs): LinearWeights => ({
    kernel: create(`${name}/kernel`, {
      kind: "glorotUniform",
      shape: [inputs, outputs],
      fanOut,
    }) as tf.Tensor2D,
    bias: create(`${name}/bias`, { kind: biasKind, shape: [outputs], fanIn: inputs }) as tf.Tensor1D,
  });
  let size = checkInteger("inputSize", inputSize) + units;
  const backbone: LinearWeights[] = [];
  for (let layer = 1; layer <= backboneLayers; layer++) {
    backbone.push(linear(`backbone${layer}`, size, backboneUnits));
    size = backboneUnits;
  }
  if (mode !== "pure") return { backbone, heads: linear("heads", size, 4 * units, units) };
  return {
    backbone,
    heads: linear("heads", size, units),
    wTau: create("w_tau", { kind: "zeros", shape: [units] }) as tf.Tensor1D,
    a: create("a", { kind: "ones", shape: [units] }) as tf.Tensor1D,
  };
}
