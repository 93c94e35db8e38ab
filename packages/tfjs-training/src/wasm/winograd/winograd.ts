/** The three passes of a convolution by Winograd's algorithms: matrix products at points. */

import type {
  ConvAddresses,
  ConvGeometry,
  FilterGradientAddresses,
  InputGradientAddresses,
} from "../convolution/conv-geometry.js";
import { heapOf, type WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { activationFlags, type Epilogue, gemmMany, panelBytes, productEngine } from "../products/gemm.js";
import type { WinogradAxes } from "./winograd-axis.js";
import { transformFilter, transformFilterGradient } from "./winograd-filter.js";
import { transformInput, transformInputGradient } from "./winograd-input.js";
import {
  inputPoints,
  outputPoints,
  rowsFor,
  type Strips,
  type WinogradLayout,
  winogradLayout,
} from "./winograd-layout.js";
import { transformOutput, transformOutputGradient } from "./winograd-output.js";

/** Computes a convolution, then bias and activation. */
export function winogradConvolve(
  backend: WasmBackend,
  geometry: ConvGeometry,
  axes: WinogradAxes,
  { x, filter, y }: ConvAddresses,
  epilogue: Epilogue,
): void {
  const layout = winogradLayout(backend, geometry, axes);
  const factor = rightFactor(layout, transformFilter(layout, filter), false);
  const [from, to] = [inputPoints(layout), outputPoints(layout)];
  const flags = activationFlags[epilogue.activation ?? "linear"];
  for (const [block, strips] of blocks(layout)) {
    transformInput(block, x, strips, from);
    multiplyPoints(block, strips, from, factor, to, false);
    transformOutput(block, y, strips, to, epilogue.bias ?? 0, flags);
  }
}

/** Computes the gradient of a convolution with respect to its input. */
export function winogradInputGradient(
  backend: WasmBackend,
  geometry: ConvGeometry,
  axes: WinogradAxes,
  { dy, filter, dx }: InputGradientAddresses,
): void {
  const layout = winogradLayout(backend, geometry, axes);
  const factor = rightFactor(layout, transformFilter(layout, filter), true);
  const [to, from] = [inputPoints(layout), outputPoints(layout)];
  for (const [block, strips] of blocks(layout)) {
    transformOutputGradient(block, dy, strips, from);
    multiplyPoints(block, strips, from, factor, to, true);
    transformInputGradient(block, dx, strips, to);
  }
}

/** Computes the gradient of a convolution with respect to its filter. */
export function winogradFilterGradient(
  backend: WasmBackend,
  geometry: ConvGeometry,
  axes: WinogradAxes,
  { x, dy, filter }: FilterGradientAddresses,
): void {
  const layout = winogradLayout(backend, geometry, axes);
  const { points, channels } = layout;
  const { outChannels } = geometry;
  const [rows, columns] = productEngine()
    ? [channels, outChannels]
    : [Math.ceil(channels / 6) * 6, Math.ceil(outChannels / 8) * 8];
  const floats = points * rows * columns;
  const sums = scratch(backend, "weights", 4 * floats);
  heapOf(backend).fill(0, sums / 4, sums / 4 + floats);
  const [left, right] = [inputPoints(layout), outputPoints(layout)];
  for (const [block, strips] of blocks(layout)) {
    transformInput(block, x, strips, left);
    transformOutputGradient(block, dy, strips, right);
    if (productEngine()) addByEngine(block, strips, left, right, sums);
    else addTransposed(block, strips, left, right, { base: sums, rows, columns });
  }
  transformFilterGradient(layout, sums, [rows, columns], filter);
}

function addByEngine(
  { backend, kernels, points, channels, horizontal, geometry: { outChannels } }: WinogradLayout,
  [, count]: Strips,
  a: number,
  b: number,
  sums: number,
): void {
  const floats = points * channels * outChannels;
  const c = scratch(backend, "transforms", 4 * floats);
  const sizes = { count: points, m: channels, n: outChannels, k: count * horizontal.tiles };
  gemmMany(backend, { ...sizes, a, b, c, transposeA: true, transposeB: false });
  kernels.addInto(c, sums, floats);
}

function addTransposed(
  { kernels, points, channels, inputRow, outputRow, rows, horizontal, geometry }: WinogradLayout,
  [, count]: Strips,
  a: number,
  b: number,
  sums: { base: number; rows: number; columns: number },
): void {
  const tiles = count * horizontal.tiles;
  for (let point = 0; point < points; point++) {
    const left = a + 4 * point * rows * inputRow;
    const right = b + 4 * point * rows * outputRow;
    const [leftStep, rightStep, sumStep] = [4 * inputRow, 4 * outputRow, 4 * sums.columns];
    const c = sums.base + point * sums.rows * sumStep;
    kernels.addColumnsByRows(
      left,
      leftStep,
      channels,
      right,
      rightStep,
      geometry.outChannels,
      tiles,
      c,
      sumStep,
    );
  }
}

// Strips that are in memory at once, and the layout of their points.
function* blocks(layout: WinogradLayout): Generator<readonly [WinogradLayout, Strips]> {
  const { strips, stripsAtOnce, horizontal } = layout;
  for (let first = 0; first < strips; first += stripsAtOnce) {
    const count = Math.min(stripsAtOnce, strips - first);
    yield [{ ...layout, rows: rowsFor(count * horizontal.tiles) }, [first, count]];
  }
}

interface RightFactor {
  base: number;
  pointBytes: number;
}

// Own kernels read panels.
function rightFactor(
  { backend, kernels, points, channels, geometry: { outChannels } }: WinogradLayout,
  filter: number,
  transposed: boolean,
): RightFactor {
  if (productEngine()) return { base: filter, pointBytes: 4 * channels * outChannels };
  const [k, n] = transposed ? [outChannels, channels] : [channels, outChannels];
  const panelStep = panelBytes(k);
  const pointBytes = Math.ceil(n / 8) * panelStep;
  const base = scratch(backend, "panels", points * pointBytes);
  const pack = transposed ? kernels.packRows : kernels.packColumns;
  for (let point = 0; point < points; point++) {
    const panels = base + point * pointBytes;
    pack(filter + 4 * point * channels * outChannels, 4 * outChannels, k, n, panels, panelStep);
    kernels.padPanels(panels, k, n, panelStep);
  }
  return { base, pointBytes };
}

function multiplyPoints(
  {
    backend,
    kernels,
    points,
    channels,
    geometry: { outChannels },
    horizontal,
    rows,
    inputRow,
    outputRow,
  }: WinogradLayout,
  [, count]: Strips,
  from: number,
  factor: RightFactor,
  to: number,
  transposed: boolean,
): void {
  const m = count * horizontal.tiles;
  const [k, n] = transposed ? [outChannels, channels] : [channels, outChannels];
  if (productEngine()) {
    const sizes = { count: points, m, n, k };
    gemmMany(backend, {
      ...sizes,
      a: from,
      b: factor.base,
      c: to,
      transposeA: false,
      transposeB: transposed,
    });
    return;
  }
  const [fromRow, toRow] = transposed ? [outputRow, inputRow] : [inputRow, outputRow];
  for (let point = 0; point < points; point++) {
    const a = from + 4 * point * rows * fromRow;
    const b = factor.base + point * factor.pointBytes;
    kernels.rowsByPanels(a, 4 * fromRow, m, k, b, panelBytes(k), n, to + 4 * point * rows * toRow, 4 * toRow);
  }
}
