/**
 * Computes the input gradient of a convolution as one large product: cells of a stride's pixels from the outputs they
 * contribute to.
 */

import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import { heapOf, type WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { gemm, type RowGrid, workArea, writeAddresses } from "../products/gemm.js";
import type { ConvGeometry, InputGradientAddresses } from "./conv-geometry.js";
import { patchBlocks } from "./convolve.js";
import { groupsOf } from "./frames.js";

/** One axis: input position `cell * stride + phase - pad` contributes to the outputs `cell - taps + 1 .. cell`. */
interface Axis {
  /** Number of cells of `stride` input positions. */
  cells: number;
  /** Number of outputs that a cell contributes to. */
  taps: number;
  /** Number of input positions in a cell. */
  stride: number;
  /** Number of zeros before the input. */
  pad: number;
}

/**
 * The method for engines. All pixels of a cell contribute to the same outputs, so their gradients are one row of a
 * product: the outputs' gradients `[taps, taps, outChannels]` times the filter, flipped and split by phases. The sums
 * are as long as a filter, which engines multiply twice as fast as many short ones that have to be added afterwards.
 */
export function gradientByCells(
  backend: WasmBackend,
  geometry: ConvGeometry,
  { dy, filter, dx }: InputGradientAddresses,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry;
  const kernels = kernelsOf(backend);
  const vertical = axisOf(inHeight, geometry.filterHeight, geometry.strideHeight, padInfo.top);
  const horizontal = axisOf(inWidth, geometry.filterWidth, geometry.strideWidth, padInfo.left);
  const weights = flippedFilter(backend, kernels, geometry, filter, vertical, horizontal);
  const [rows, columns] = [vertical.cells, horizontal.cells];
  const frameHeight = rows + vertical.taps - 1;
  const frameRow = (columns + horizontal.taps - 1) * outChannels;
  const n = vertical.stride * horizontal.stride * inChannels;
  const k = vertical.taps * horizontal.taps * outChannels;
  // Gradients of the input with the border, which is cropped if there is one.
  const outRow = columns * horizontal.stride * inChannels;
  const outHeightFramed = rows * vertical.stride;
  const direct =
    padInfo.top + padInfo.left === 0 &&
    outHeightFramed === inHeight &&
    columns * horizontal.stride === inWidth;
  const inFloats = inHeight * inWidth * inChannels;
  for (const { first, images } of groupsOf(batchSize, Math.max(frameHeight * frameRow, inFloats))) {
    const frames = scratch(backend, "images", 4 * images * frameHeight * frameRow);
    const from = dy + 4 * first * outHeight * outWidth * outChannels;
    const before = [vertical.taps - 1, (horizontal.taps - 1) * outChannels] as const;
    kernels.frameImages(
      from,
      images,
      outHeight,
      outWidth * outChannels,
      frames,
      frameHeight,
      frameRow,
      ...before,
    );
    const outFloats = images * outHeightFramed * outRow;
    const to = dx + 4 * first * inFloats;
    const out = direct ? to : scratch(backend, "frames", 4 * outFloats);
    const pixelwise = vertical.stride === 1 && horizontal.stride === 1;
    if (!pixelwise) heapOf(backend).fill(0, out / 4, out / 4 + outFloats);
    const outGrid: RowGrid = {
      base: out,
      imageStep: 4 * outHeightFramed * outRow,
      rowStep: 4 * vertical.stride * outRow,
      columnStep: 4 * horizontal.stride * inChannels,
    };
    const patches = {
      rows: {
        base: frames,
        imageStep: 4 * frameHeight * frameRow,
        rowStep: 4 * frameRow,
        columnStep: 4 * outChannels,
      },
      grid: [images * rows * columns, rows, columns] as const,
      segments: Array.from({ length: vertical.taps }, (_, tap) => 4 * tap * frameRow),
      length: horizontal.taps * outChannels,
    };
    for (const { first: cell, count, base } of patchBlocks(backend, kernels, patches)) {
      // Cells of one pixel are the pixels themselves.
      const c = pixelwise ? out + 4 * cell * inChannels : scratch(backend, "cells", 4 * count * n);
      gemm(backend, { m: count, n, k, a: base, b: weights, c });
      if (pixelwise) continue;
      const runs = Array.from({ length: vertical.stride }, (_, row) => 4 * row * outRow);
      const { offsets, tables } = workArea(backend, runs, count + 6);
      writeAddresses(kernels, tables, outGrid, cell, count, rows, columns);
      kernels.scatterRows(tables, count, offsets, runs.length, horizontal.stride * inChannels, c);
    }
    if (direct) continue;
    const cut = [-padInfo.top, -padInfo.left * inChannels] as const;
    kernels.frameImages(out, images, outHeightFramed, outRow, to, inHeight, inWidth * inChannels, ...cut);
  }
}

function axisOf(size: number, filterSize: number, stride: number, pad: number): Axis {
  return {
    cells: Math.floor((size - 1 + pad) / stride) + 1,
    taps: Math.ceil(filterSize / stride),
    stride,
    pad,
  };
}

// [taps, taps, outChannels, phases, phases, inChannels], the last tap first; zeros past the filter's end.
function flippedFilter(
  backend: WasmBackend,
  kernels: KernelExports,
  { filterHeight, filterWidth, inChannels, outChannels }: ConvGeometry,
  filter: number,
  vertical: Axis,
  horizontal: Axis,
): number {
  const plane = inChannels * outChannels;
  const width = horizontal.taps * horizontal.stride;
  const floats = vertical.taps * vertical.stride * width * plane;
  const turned = scratch(backend, "weights", 8 * floats);
  heapOf(backend).fill(0, turned / 4, turned / 4 + floats);
  for (let row = 0; row < filterHeight; row++) {
    const source = filter + 4 * row * filterWidth * plane;
    kernels.transposePlanes(source, turned + 4 * row * width * plane, filterWidth, inChannels, outChannels);
  }
  const weights = turned + 4 * floats;
  let to = weights;
  for (let i = vertical.taps - 1; i >= 0; i--) {
    for (let j = horizontal.taps - 1; j >= 0; j--) {
      const corner = turned + 4 * (i * vertical.stride * width + j * horizontal.stride) * plane;
      for (let o = 0; o < outChannels; o++, to += 4 * vertical.stride * horizontal.stride * inChannels) {
        const from = corner + 4 * o * inChannels;
        const [rowStep, columnStep] = [4 * width * plane, 4 * plane];
        kernels.copyStrided(from, to, vertical.stride, rowStep, horizontal.stride, columnStep, inChannels, 4);
      }
    }
  }
  return weights;
}
