/** Gradient of a convolution with respect to its filter, which the wasm backend lacks. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, type WasmBackend, zeros } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import {
  gemm,
  panelBytes,
  productEngine,
  termsAtOnce,
  tileFlags,
  workArea,
  writeAddresses,
} from "../products/gemm.js";
import { defineRepair } from "../repair.js";
import { winogradFilterGradient } from "../winograd/winograd.js";
import { withChannelsLast } from "./channels-first.js";
import {
  type ConvGeometry,
  type ConvGradientAttributes,
  type FilterGradientAddresses,
  gradientGeometry,
  isProduct,
  type Shape4D,
} from "./conv-geometry.js";
import { convolutionPlan } from "./conv-plan.js";
import { patchBlocks } from "./convolve.js";
import { frameInput, patchGrid, patchRuns } from "./frames.js";

interface Inputs {
  x: TensorInfo;
  dy: TensorInfo;
}

interface Attributes extends ConvGradientAttributes {
  filterShape: Shape4D;
}

/** `Conv2DBackpropFilter`: the transposed patches times the gradient of the output. */
export const conv2dBackpropFilter = defineRepair<Inputs, Attributes>(
  "Conv2DBackpropFilter",
  () =>
    ({ inputs: { x, dy }, backend, attrs }) => {
      const lastAxis = (images: TensorInfo, gradients: TensorInfo) => {
        const { filterShape } = attrs;
        const geometry = gradientGeometry(images.shape, filterShape, attrs, gradients.shape);
        if (sizeOf(gradients.shape) * sizeOf(filterShape) === 0) return zeros(backend, filterShape);
        const output = backend.makeOutput(filterShape, "float32");
        const [fromX, fromDy, to] = [images, gradients, output].map((tensor) => bytesOf(backend, tensor));
        filterGradient(backend, geometry, { x: fromX, dy: fromDy, filter: to });
        return output;
      };
      if (attrs.dataFormat !== "NCHW") return lastAxis(x, dy);
      return withChannelsLast(backend, [x, dy], lastAxis);
    },
);

function filterGradient(
  backend: WasmBackend,
  geometry: ConvGeometry,
  { x, dy, filter }: FilterGradientAddresses,
): void {
  const { batchSize, outHeight, outWidth, outChannels: n, filterHeight, filterWidth, inChannels } = geometry;
  const m = filterHeight * filterWidth * inChannels;
  const pixels = outHeight * outWidth;
  if (isProduct(geometry)) {
    gemm(backend, { m, n, k: batchSize * pixels, a: x, b: dy, c: filter, transposeA: true });
    return;
  }
  const plan = convolutionPlan(geometry, "filterGradient", productEngine() !== undefined);
  if (plan.way === "winograd") {
    winogradFilterGradient(backend, geometry, plan.axes, { x, dy, filter });
    return;
  }
  const kernels = kernelsOf(backend);
  const engine = productEngine();
  const framed = frameInput(backend, kernels, x, geometry, !engine && filterWidth * inChannels < 6);
  const { segments, length } = patchRuns(geometry, framed.width);
  let started = false;
  for (const { first, images, base } of framed.groups) {
    const rows = patchGrid(geometry, framed, base);
    const count = images * pixels;
    const from = dy + 4 * first * pixels * n;
    if (engine) {
      const grid = [count, outHeight, outWidth] as const;
      for (const block of patchBlocks(backend, kernels, { rows, grid, segments, length })) {
        const b = from + 4 * block.first * n;
        const product = { m, n, k: block.count, a: block.base, b, c: filter, transposeA: true };
        gemm(backend, { ...product, accumulate: started });
        started = true;
      }
      continue;
    }
    const { work, offsets, tables } = workArea(backend, segments, termsAtOnce + 6);
    const panels = scratch(backend, "panels", Math.ceil(n / 8) * panelBytes(termsAtOnce));
    const packed = scratch(backend, "packed", termsAtOnce * 24);
    for (let patch = 0; patch < count; patch += termsAtOnce) {
      const some = Math.min(termsAtOnce, count - patch);
      writeAddresses(kernels, tables, rows, patch, some, outHeight, outWidth);
      kernels.packColumns(from + 4 * patch * n, 4 * n, some, n, panels, panelBytes(some));
      kernels.padPanels(panels, some, n, panelBytes(some));
      const flags = started ? tileFlags.accumulate : 0;
      const runs = segments.length;
      kernels.columnProduct(
        tables,
        some,
        offsets,
        runs,
        length,
        panels,
        n,
        filter,
        4 * n,
        flags,
        work,
        packed,
      );
      started = true;
    }
  }
}
