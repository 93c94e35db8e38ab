/** Gradients of average pooling with padding. */

import * as tf from "@tensorflow/tfjs-core";

interface Attributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
}

interface Attributes3D {
  filterSize: number | [number, number, number];
  strides: number | [number, number, number];
  pad: "valid" | "same" | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * The padding does not count in a mean; tfjs's gradient divides by the whole window there, and ignores
 * `dimRoundingMode`, and so the actual number of windows.
 */
export const averagePoolGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    const { filterSize, strides, pad } = attrs as unknown as Attributes;
    const g = tf.backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad);
    const given = dy as tf.Tensor4D;
    const [, rows, columns] = given.shape;
    const { top, left } = g.padInfo;
    const bottom = (rows - 1) * g.strideHeight + g.filterHeight - g.inHeight - top;
    const right = (columns - 1) * g.strideWidth + g.filterWidth - g.inWidth - left;
    const scaled = byShare(given, [
      shares(rows, g.strideHeight, top, g.filterHeight, g.inHeight),
      shares(columns, g.strideWidth, left, g.filterWidth, g.inWidth),
    ]);
    const explicit = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return run("AvgPoolGrad", scaled, x, { filterSize, strides, pad: explicit });
  },
});

/** Gradient of average pooling over depth, height and width; see {@link averagePoolGradient}. */
export const averagePool3DGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes3D;
    const shape = x.shape as Shape5D;
    const g = tf.backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { front, top, left } = g.padInfo;
    const scaled = byShare(dy as tf.Tensor5D, [
      shares(g.outDepth, g.strideDepth, front, g.filterDepth, g.inDepth),
      shares(g.outHeight, g.strideHeight, top, g.filterHeight, g.inHeight),
      shares(g.outWidth, g.strideWidth, left, g.filterWidth, g.inWidth),
    ]);
    return run("AvgPool3DGrad", scaled, x, { filterSize, strides, pad, dimRoundingMode });
  },
});

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

function run(kernel: string, dy: tf.Tensor, input: tf.Tensor, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernel, { dy, input }, attributes as tf.NamedAttrMap);
}

// Window size divided by the number of cells in it, along one axis; 0 if there are none.
function shares(count: number, stride: number, before: number, window: number, size: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const first = i * stride - before;
    const inside = Math.min(size, first + window) - Math.max(0, first);
    return inside > 0 ? window / inside : 0;
  });
}

function byShare(dy: tf.Tensor, axes: number[][]): tf.Tensor {
  return axes.reduce((scaled, values, i) => {
    if (values.every((value) => value === 1)) return scaled;
    const shape = dy.shape.map((_, axis) => (axis === i + 1 ? values.length : 1));
    return tf.mul(scaled, tf.tensor(values, shape, "float32"));
  }, dy);
}
