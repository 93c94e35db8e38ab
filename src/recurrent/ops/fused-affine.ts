/** Products and convolutions with bias and activation, each as one operation on the tape. */

import * as tf from "@tensorflow/tfjs-core";

/** Activations that can be fused into the operation. */
export type FusedActivation = "linear" | "relu";

/** Geometry of {@link fusedConvolution}. */
export interface FusedConvolutionOptions {
  /** Stride in pixels. */
  strides: number;
  /** Padding: `"same"` pads with zeros, `"valid"` not at all. */
  pad: "same" | "valid";
}

/**
 * `activation(x kernel + bias)` for `x` `[rows, inputs]`. Unlike `tf.fused.matMul`, the backward pass computes
 * only the gradients that are needed: none for inputs that are plain data.
 */
export function fusedDense(
  x: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor,
  activation: FusedActivation,
): tf.Tensor2D {
  registerFusedGradients();
  const attributes = { transposeA: false, transposeB: false, activation, leakyreluAlpha: 0 };
  return runKernel("_FusedMatMul", { a: x, b: kernel, bias }, attributes) as tf.Tensor2D;
}

/**
 * `relu(x * filter + bias)` for images `x` `[batch, height, width, channels]`, with gradients as in
 * {@link fusedDense}.
 */
export function fusedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor,
  { strides, pad }: FusedConvolutionOptions,
): tf.Tensor4D {
  registerFusedGradients();
  const attributes = {
    strides: [strides, strides],
    pad,
    dataFormat: "NHWC",
    dilations: [1, 1],
    activation: "relu",
    leakyreluAlpha: 0,
  };
  return runKernel("FusedConv2D", { x, filter, bias }, attributes) as tf.Tensor4D;
}

function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

// tfjs has gradients of its fused operations, but not of the underlying kernels.
function registerFusedGradients(): void {
  if (!tf.getGradient("_FusedMatMul")) {
    tf.registerGradient({
      kernelName: "_FusedMatMul",
      inputsToSave: ["a", "b", "bias"],
      outputsToSave: [true],
      gradFunc: denseGradient,
    });
  }
  if (!tf.getGradient("FusedConv2D")) {
    tf.registerGradient({
      kernelName: "FusedConv2D",
      inputsToSave: ["x", "filter", "bias"],
      outputsToSave: [true],
      gradFunc: convolutionGradient,
    });
  }
}

const denseGradient: tf.GradFunc = (dy, [a, b, bias, y], attributes) => {
  const dz = beforeActivation(dy as tf.Tensor, y, attributes);
  return {
    a: () => tf.matMul(dz, b, false, true),
    b: () => tf.matMul(a, dz, true, false),
    bias: () => tf.reshape(tf.sum(dz, 0), bias.shape),
  };
};

const convolutionGradient: tf.GradFunc = (dy, [x, filter, bias, y], attributes) => {
  const dz = beforeActivation(dy as tf.Tensor, y, attributes);
  const { strides, pad } = attributes as unknown as { strides: number[]; pad: string };
  const geometry = { strides, pad, dataFormat: "NHWC", dimRoundingMode: undefined };
  return {
    x: () => runKernel("Conv2DBackpropInput", { dy: dz, filter }, { ...geometry, inputShape: x.shape }),
    filter: () =>
      runKernel("Conv2DBackpropFilter", { x, dy: dz }, { ...geometry, filterShape: filter.shape }),
    bias: () => tf.reshape(tf.sum(dz, [0, 1, 2]), bias.shape),
  };
};

// Computed immediately instead of with the first gradient, because the tape frees tensors created in a gradient
// function.
function beforeActivation(dy: tf.Tensor, y: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  if (attributes.activation !== "relu") return dy;
  if (tf.getKernel("ReluGrad", tf.getBackend())) return runKernel("ReluGrad", { dy, y }, {});
  return tf.mul(dy, tf.step(y));
}
