/** What the kernels of convolution gradients are told, and the geometry that follows from it. */

import { backend_util } from "@tensorflow/tfjs-core";
import { BackendError } from "../../core/errors.js";
import type { ConvGeometry } from "./im2col.js";

/** Attributes that tfjs gives both gradients of a convolution. */
export interface ConvGradientAttributes {
  /** Steps between outputs. */
  strides: number | [number, number];
  /** Zeros around the input. */
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  /** `"NHWC"`; the wasm backend knows no other. */
  dataFormat: "NHWC" | "NCHW";
  /** Rounding of the output size. */
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** A shape with four axes. */
export type Shape4D = [number, number, number, number];

/**
 * Geometry of the convolution of an input `[batch, height, width, channels]` with a filter
 * `[height, width, inChannels, outChannels]`. tfjs has no gradients of dilated convolutions.
 */
export function convGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvGradientAttributes,
): ConvGeometry {
  const { strides, pad, dataFormat, dimRoundingMode } = attributes;
  if ((dataFormat ?? "NHWC") !== "NHWC") {
    throw new BackendError(
      `the wasm backend computes convolutions of "NHWC" tensors only, received "${dataFormat}". Transpose the input to [batch, height, width, channels]`,
    );
  }
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}
