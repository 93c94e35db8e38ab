/** Chooses the method for computing a convolution, by predicted cost. */

import { type WinogradAxes, winogradAxes } from "../winograd/winograd-axis.js";
import { type ConvGeometry, isProduct } from "./conv-geometry.js";

/** A pass of a convolution. */
export type ConvolutionPass = "forward" | "inputGradient" | "filterGradient";

/** A method for computing a convolution. */
export type ConvolutionPlan =
  /** One matrix product: 1x1 filters. */
  | { way: "product" }
  /** A product of patches of the images with the filter. */
  | { way: "direct" }
  /** Products at points, with fewer multiplications. */
  | { way: "winograd"; axes: WinogradAxes };

// Nanoseconds, measured on a Xeon of 2023 with one thread; only their ratios matter.
const costs = {
  own: { multiply: 0.05, patch: 0.35, pointMultiply: 0.049, point: 0.65, filter: 1.3, begin: 20e3 },
  engine: { multiply: 0.0145, patch: 0.55, pointMultiply: 0.02, point: 0.7, filter: 1.3, begin: 60e3 },
};

// An engine's direct input gradients also multiply zeros of the border, and move everything once more.
const engineInputGradient = 1.5;

/** Maximum predicted time of Winograd's method, as a fraction of that of the direct one. */
const worthwhile = 0.9;

/**
 * The method of a pass, a function of the shapes only.
 *
 * Winograd's method is used if it is predicted to save a tenth of the time: filters that cover two or three strides,
 * with enough channels (about eight) and enough images that the filter's transformation does not matter.
 *
 * @param engine whether an engine computes the products
 */
export function convolutionPlan(
  geometry: ConvGeometry,
  pass: ConvolutionPass,
  engine: boolean,
): ConvolutionPlan {
  if (isProduct(geometry)) return { way: "product" };
  let least = worthwhile * directCost(geometry, pass, engine);
  let plan: ConvolutionPlan = { way: "direct" };
  const { dilationHeight, dilationWidth, outHeight, outWidth } = geometry;
  if (dilationHeight * dilationWidth > 1) return plan;
  for (const vertical of winogradAxes(outHeight, geometry.filterHeight, geometry.strideHeight)) {
    for (const horizontal of winogradAxes(outWidth, geometry.filterWidth, geometry.strideWidth)) {
      const axes = [vertical, horizontal] as const;
      const cost = winogradCost(geometry, axes, engine);
      if (cost >= least) continue;
      least = cost;
      plan = { way: "winograd", axes };
    }
  }
  return plan;
}

function directCost(geometry: ConvGeometry, pass: ConvolutionPass, engine: boolean): number {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = geometry;
  const { multiply, patch } = engine ? costs.engine : costs.own;
  const patches = batchSize * outHeight * outWidth * filterHeight * filterWidth * inChannels;
  const cost = patches * (multiply * filledUp(outChannels, engine ? 1 : 8) + patch);
  return engine && pass === "inputGradient" ? engineInputGradient * cost : cost;
}

function winogradCost(
  { batchSize, inChannels, outChannels }: ConvGeometry,
  [vertical, horizontal]: WinogradAxes,
  engine: boolean,
): number {
  const { pointMultiply, point, filter, begin } = engine ? costs.engine : costs.own;
  const points = vertical.form.points * horizontal.form.points;
  const channels = vertical.stride * horizontal.stride * inChannels;
  const rows = points * batchSize * vertical.tiles * horizontal.tiles;
  const products = filledUp(channels, engine ? 1 : 4) * filledUp(outChannels, engine ? 1 : 8);
  return (
    rows * (pointMultiply * products + point * (channels + outChannels)) +
    points * filter * channels * outChannels +
    begin
  );
}

function filledUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
