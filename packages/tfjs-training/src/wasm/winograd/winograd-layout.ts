/** Sizes and memory shared by the three passes of a Winograd convolution. */

import type { ConvGeometry } from "../convolution/conv-geometry.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import { heapOf, type WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { productEngine } from "../products/gemm.js";
import {
  type WinogradAxes,
  type WinogradAxis,
  type WinogradKernel,
  type WinogradMap,
  winogradMaps,
} from "./winograd-axis.js";

/** A convolution in Winograd's form. */
export interface WinogradLayout {
  /** Backend that owns the memory. */
  backend: WasmBackend;
  /** The kernels on its memory. */
  kernels: KernelExports;
  /** Geometry of the convolution. */
  geometry: ConvGeometry;
  /** Vertical axis of tiles. */
  vertical: WinogradAxis;
  /** Horizontal axis of tiles. */
  horizontal: WinogradAxis;
  /** Number of points, i.e. of matrix products. */
  points: number;
  /** Number of channels of a block of pixels. */
  channels: number;
  /** Floats from one row of a point's transformed input to the next. */
  inputRow: number;
  /** Floats from one row of a point's products to the next. */
  outputRow: number;
  /** Number of rows of tiles, one strip each, in all images. */
  strips: number;
  /** Number of strips whose points are in memory at once. */
  stripsAtOnce: number;
  /** Number of rows from one point's matrix to the next. */
  rows: number;
  /** Number of floats in a row of pixels as covered by the tiles. */
  frameRow: number;
  /** Number of floats in a row of outputs as computed by the tiles. */
  outRow: number;
}

// Size of the points at once, in bytes: they stay in the second-level cache. Engines prefer larger products.
const ownBytes = 1 << 20;
const engineBytes = 1 << 22;

// Floats between rows, so that rows of a power of two do not share cache lines.
const gap = 16;

/** Consecutive strips of all images: the first one and their number. */
export type Strips = readonly [first: number, count: number];

/** Computes the sizes of a convolution from its two axes. */
export function winogradLayout(
  backend: WasmBackend,
  geometry: ConvGeometry,
  [vertical, horizontal]: WinogradAxes,
): WinogradLayout {
  const engine = productEngine() !== undefined;
  const { batchSize, inChannels, outChannels } = geometry;
  const points = vertical.form.points * horizontal.form.points;
  const channels = vertical.stride * horizontal.stride * inChannels;
  const [inputRow, outputRow] = [channels, outChannels].map((n) => (engine ? n : Math.ceil(n / 8) * 8 + gap));
  const strips = batchSize * vertical.tiles;
  const stripBytes = 4 * points * horizontal.tiles * (inputRow + outputRow);
  const most = Math.max(1, Math.floor((engine ? engineBytes : ownBytes) / stripBytes));
  const stripsAtOnce = Math.ceil(strips / Math.ceil(strips / most));
  return {
    backend,
    kernels: kernelsOf(backend),
    geometry,
    vertical,
    horizontal,
    points,
    channels,
    inputRow,
    outputRow,
    strips,
    stripsAtOnce,
    rows: rowsFor(stripsAtOnce * horizontal.tiles),
    frameRow: horizontal.pixels * inChannels,
    outRow: horizontal.tiles * horizontal.form.outputs * outChannels,
  };
}

/** Number of rows of a point's matrix for this many tiles: own kernels read and write six at a time. */
export function rowsFor(tiles: number): number {
  return productEngine() ? tiles : Math.ceil(tiles / 6) * 6;
}

/** Byte address of the transformed input of a block of strips, `[points, rows, inputRow]`. */
export function inputPoints({ backend, points, rows, inputRow, channels }: WinogradLayout): number {
  const bytes = 4 * points * rows * inputRow;
  const address = scratch(backend, "points", bytes + 64);
  // Products read up to four terms at once.
  if (channels % 4 > 0) heapOf(backend).fill(0, address / 4, (address + bytes) / 4);
  return address;
}

/** Byte address of the products of a block of strips, `[points, rows, outputRow]`. */
export function outputPoints({ backend, points, rows, outputRow, geometry }: WinogradLayout): number {
  const bytes = 4 * points * rows * outputRow;
  const address = scratch(backend, "products", bytes + 64);
  if (geometry.outChannels % 4 > 0) heapOf(backend).fill(0, address / 4, (address + bytes) / 4);
  return address;
}

const mapTable = new Map<WinogradMap, readonly [kernel: WinogradKernel, number: number]>();
for (const [kernel, maps] of Object.entries(winogradMaps)) {
  for (const map of maps) mapTable.set(map, [kernel as WinogradKernel, mapTable.size]);
}

/** Locations of the elements of a map: byte addresses of the first one and strides. */
export type Elements = readonly [base: number, step: number];

/** One level of positions: their number, and strides in input and output in bytes. */
export type Level = readonly [count: number, from: number, to: number];

/** A single position. */
export const once: Level = [1, 0, 0];

/** Applies a map to runs of floats; see assembly/winograd.ts. */
export function mapRuns(
  kernels: KernelExports,
  map: WinogradMap,
  [x, xStep]: Elements,
  [y, yStep]: Elements,
  [[a, xa, ya], [b, xb, yb], [c, xc, yc]]: readonly [Level, Level, Level],
  floats: number,
): void {
  const [kernel, number] = mapTable.get(map)!;
  kernels[kernel](number, x, xStep, y, yStep, a, xa, ya, b, xb, yb, c, xc, yc, floats);
}
