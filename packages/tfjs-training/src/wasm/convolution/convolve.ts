/** Forward convolutions: patches of framed images times the filter as a matrix. */

import { sizeOf } from "../../core/state.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import type { WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import {
  activationFlags,
  type Epilogue,
  gemm,
  multiplyRows,
  packPanels,
  productEngine,
  type RowGrid,
  workArea,
  writeAddresses,
} from "../products/gemm.js";
import { winogradConvolve } from "../winograd/winograd.js";
import { type ConvAddresses, type ConvGeometry, isProduct } from "./conv-geometry.js";
import { convolutionPlan } from "./conv-plan.js";
import { frameInput, patchGrid, patchRuns } from "./frames.js";

/** Computes a convolution, then bias and activation. */
export function convolve(
  backend: WasmBackend,
  geometry: ConvGeometry,
  { x, filter, y }: ConvAddresses,
  epilogue: Epilogue,
): void {
  const { batchSize, outHeight, outWidth, outChannels, inChannels, filterHeight, filterWidth } = geometry;
  const k = filterHeight * filterWidth * inChannels;
  const pixels = outHeight * outWidth;
  if (batchSize * pixels * outChannels === 0) return;
  if (isProduct(geometry) || k === 0) {
    gemm(backend, { m: batchSize * pixels, n: outChannels, k, a: x, b: filter, c: y }, epilogue);
    return;
  }
  const plan = convolutionPlan(geometry, "forward", productEngine() !== undefined);
  if (plan.way === "winograd") {
    winogradConvolve(backend, geometry, plan.axes, { x, filter, y }, epilogue);
    return;
  }
  const kernels = kernelsOf(backend);
  const framed = frameInput(backend, kernels, x, geometry);
  const { segments, length } = patchRuns(geometry, framed.width);
  if (productEngine()) {
    for (const { first, images, base } of framed.groups) {
      const rows = patchGrid(geometry, framed, base);
      const grid = [images * pixels, outHeight, outWidth] as const;
      for (const block of patchBlocks(backend, kernels, { rows, grid, segments, length })) {
        const c = y + 4 * (first * pixels + block.first) * outChannels;
        gemm(backend, { m: block.count, n: outChannels, k, a: block.base, b: filter, c }, epilogue);
      }
    }
    return;
  }
  const panels = packPanels(backend, kernels, {
    b: filter,
    ldb: outChannels,
    k,
    n: outChannels,
  });
  for (const { first, images, base } of framed.groups) {
    multiplyRows(backend, kernels, {
      rows: patchGrid(geometry, framed, base),
      out: cells(y + 4 * first * pixels * outChannels, [outHeight, outWidth, outChannels]),
      grid: [images * pixels, outHeight, outWidth],
      segments,
      length,
      panels,
      bias: epilogue.bias ?? 0,
      flags: activationFlags[epilogue.activation ?? "linear"],
    });
  }
}

/** The pixels of consecutive images. */
export function cells(base: number, [height, width, channels]: [number, number, number]): RowGrid {
  return {
    base,
    imageStep: 4 * sizeOf([height, width, channels]),
    rowStep: 4 * width * channels,
    columnStep: 4 * channels,
  };
}

/** Patches of framed images. */
export interface Patches {
  /** Address of the first patch of each image, and strides. */
  rows: RowGrid;
  /** Number of patches; rows and columns of patches in an image. */
  grid: readonly [count: number, height: number, width: number];
  /** Byte offsets of a patch's runs. */
  segments: readonly number[];
  /** Number of floats in a run. */
  length: number;
}

/** Some patches, as a matrix. */
export interface PatchBlock {
  /** Index of the first patch. */
  first: number;
  /** Number of patches. */
  count: number;
  /** Byte address of `[count, segments * length]` floats. */
  base: number;
}

// Number of floats of patches at once (4 MB), for products by an engine.
const blockFloats = 1 << 20;

/** Patches copied into a matrix in scratch memory, block by block. */
export function* patchBlocks(
  backend: WasmBackend,
  kernels: KernelExports,
  { rows, grid: [count, height, width], segments, length }: Patches,
): Generator<PatchBlock> {
  const k = segments.length * length;
  const most = patchesAtOnce(count, k);
  const base = scratch(backend, "patches", 4 * most * k);
  for (let first = 0; first < count; first += most) {
    const some = Math.min(most, count - first);
    const { offsets, tables } = workArea(backend, segments, most + 6);
    writeAddresses(kernels, tables, rows, first, some, height, width);
    kernels.gatherRows(tables, some, offsets, segments.length, length, base);
    yield { first, count: some, base };
  }
}

/** Number of patches of `k` floats in a block; blocks are of similar size, because small products are slow. */
export function patchesAtOnce(count: number, k: number): number {
  return Math.ceil(count / Math.max(1, Math.round((count * k) / blockFloats)));
}
