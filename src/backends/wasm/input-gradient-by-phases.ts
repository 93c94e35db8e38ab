/** The input gradient of a convolution as convolutions of the output's gradient, one for each phase of the strides. */

import type { ConvGeometry, InputGradientAddresses } from "./conv-geometry.js";

import { groupsOf } from "./frames.js";
import { multiplyRows, panelBytes } from "./gemm.js";
import { heapOf, type WasmBackend } from "./heap.js";
import type { KernelExports } from "./kernel-binaries.js";
import { kernelsOf } from "./kernel-module.js";
import { scratch } from "./scratch.js";

/** The input positions `first + j * stride` along one axis, and the part of the filter that they meet. */
interface Phase {
  /** First input position. */
  first: number;
  /** Number of positions. */
  count: number;
  /** First filter tap; the others follow at steps of the stride. */
  tap: number;
  /** Number of taps. */
  taps: number;
  /** First output that the position `first` meets; may be negative. */
  start: number;
}

/** The phases of one axis, and the output's gradient as they read it. */
interface Axis {
  phases: Phase[];
  /** Zeros before the output's gradient. */
  before: number;
  /** Length with all zeros. */
  length: number;
}

/**
 * With stride s, the input rows i = f, f + s, f + 2s, ... meet the same rows of the filter. So the gradient
 * falls apart into s * s plain convolutions of the output's gradient with flipped parts of the filter,
 * without any multiplication by a zero that stands between outputs.
 */
export function gradientByPhases(
  backend: WasmBackend,
  geometry: ConvGeometry,
  { dy, filter, dx }: InputGradientAddresses,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry;
  const kernels = kernelsOf(backend);
  const vertical = axisOf(inHeight, outHeight, filterHeight, strideHeight, padInfo.top);
  const horizontal = axisOf(inWidth, outWidth, filterWidth, strideWidth, padInfo.left);
  if ([...vertical.phases, ...horizontal.phases].some(({ taps }) => taps === 0)) {
    heapOf(backend).fill(0, dx / 4, dx / 4 + batchSize * inHeight * inWidth * inChannels);
  }
  const parts = packParts(backend, kernels, geometry, filter, vertical, horizontal);
  const rowBytes = 4 * horizontal.length * outChannels;
  const frameBytes = vertical.length * rowBytes;
  const framed = vertical.length !== outHeight || horizontal.length !== outWidth;
  for (const { first, images } of framed
    ? groupsOf(batchSize, frameBytes / 4)
    : [{ first: 0, images: batchSize }]) {
    let base = dy + 4 * first * outHeight * outWidth * outChannels;
    if (framed) {
      const frames = scratch(backend, "images", images * frameBytes);
      const floats = outWidth * outChannels;
      const left = horizontal.before * outChannels;
      const size = [vertical.length, rowBytes / 4] as const;
      kernels.frameImages(base, images, outHeight, floats, frames, ...size, vertical.before, left);
      base = frames;
    }
    for (const { rows, columns, panels } of parts) {
      const corner = (vertical.before + rows.start) * rowBytes;
      const output = ((first * inHeight + rows.first) * inWidth + columns.first) * inChannels;
      multiplyRows(backend, kernels, {
        rows: {
          base: base + corner + 4 * (horizontal.before + columns.start) * outChannels,
          imageStep: frameBytes,
          rowStep: rowBytes,
          columnStep: 4 * outChannels,
        },
        out: {
          base: dx + 4 * output,
          imageStep: 4 * inHeight * inWidth * inChannels,
          rowStep: 4 * strideHeight * inWidth * inChannels,
          columnStep: 4 * strideWidth * inChannels,
        },
        grid: [images * rows.count * columns.count, rows.count, columns.count],
        segments: Array.from({ length: rows.taps }, (_, i) => i * rowBytes),
        length: columns.taps * outChannels,
        panels,
        bias: 0,
        flags: 0,
      });
    }
  }
}

// dx[i] = sum over taps k with (i + pad - k) divisible by the stride of dy[(i + pad - k) / stride] * w[k].
// For i = first + j * stride the taps are k = tap + t * stride, and the output is q + j - t.
function axisOf(inSize: number, outSize: number, filterSize: number, stride: number, pad: number): Axis {
  let low = 0;
  let high = outSize;
  const phases = Array.from({ length: Math.min(stride, inSize) }, (_, first) => {
    const tap = (first + pad) % stride;
    const taps = tap < filterSize ? Math.floor((filterSize - 1 - tap) / stride) + 1 : 0;
    const count = Math.floor((inSize - 1 - first) / stride) + 1;
    const start = (first + pad - tap) / stride - (taps - 1);
    if (taps > 0) {
      low = Math.min(low, start);
      high = Math.max(high, start + taps - 1 + count);
    }
    return { first, count, tap, taps, start };
  });
  return { phases, before: -low, length: high - low };
}

// The part of the filter of each pair of phases, last tap first, as panels [taps * outChannels, inChannels].
function packParts(
  backend: WasmBackend,
  kernels: KernelExports,
  geometry: ConvGeometry,
  filter: number,
  vertical: Axis,
  horizontal: Axis,
) {
  const { inChannels, outChannels, filterWidth, strideHeight, strideWidth } = geometry;
  const widths = Math.ceil(inChannels / 8);
  const pairs = vertical.phases.flatMap((rows) => horizontal.phases.map((columns) => ({ rows, columns })));
  const parts = pairs.filter(({ rows, columns }) => rows.taps * columns.taps > 0);
  const bytes = parts.map(({ rows, columns }) => widths * panelBytes(rows.taps * columns.taps * outChannels));
  let base = scratch(
    backend,
    "panels",
    bytes.reduce((a, b) => a + b, 0),
  );
  return parts.map(({ rows, columns }) => {
    const terms = rows.taps * columns.taps * outChannels;
    const panelStep = panelBytes(terms);
    for (let i = 0; i < rows.taps; i++) {
      for (let j = 0; j < columns.taps; j++) {
        const tapRow = rows.tap + (rows.taps - 1 - i) * strideHeight;
        const tapColumn = columns.tap + (columns.taps - 1 - j) * strideWidth;
        const matrix = filter + 4 * (tapRow * filterWidth + tapColumn) * inChannels * outChannels;
        const to = base + (i * columns.taps + j) * outChannels * 32;
        kernels.packRows(matrix, 4 * outChannels, outChannels, inChannels, to, panelStep);
      }
    }
    kernels.padPanels(base, terms, inChannels, panelStep);
    const edge = base + Math.floor(inChannels / 8) * panelStep;
    const panels = { base, step: 32, panelStep, edge, n: inChannels };
    base += widths * panelStep;
    return { rows, columns, panels };
  });
}
