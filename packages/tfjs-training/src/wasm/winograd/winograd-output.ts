/** Transforms points of Winograd's convolutions to outputs, and the adjoint, a row of tiles at a time. */

import { heapOf } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { mapRuns, once, type Strips, type WinogradLayout } from "./winograd-layout.js";

/** Writes products `[points, rows, outputRow]` as strips of the outputs at `y`. */
export function transformOutput(
  layout: WinogradLayout,
  y: number,
  [first, count]: Strips,
  from: number,
  bias: number,
  flags: number,
): void {
  const { backend, kernels, geometry, vertical, horizontal, rows, outputRow } = layout;
  const { outHeight, outWidth, outChannels } = geometry;
  const rowBytes = 4 * outWidth * outChannels;
  const stripRow = 4 * layout.outRow;
  const strip = scratch(backend, "strip", vertical.form.points * stripRow);
  const pointBytes = 4 * rows * outputRow;
  for (let i = 0; i < count; i++) {
    const [image, row] = [Math.floor((first + i) / vertical.tiles), (first + i) % vertical.tiles];
    const outRows = Math.min(vertical.form.outputs, outHeight - row * vertical.form.outputs);
    const to = y + (image * outHeight + row * vertical.form.outputs) * rowBytes;
    mapRuns(
      kernels,
      horizontal.form.output[horizontal.form.outputs - 1],
      [from + 4 * i * horizontal.tiles * outputRow, pointBytes],
      [strip, 4 * outChannels],
      [
        [vertical.form.points, horizontal.form.points * pointBytes, stripRow],
        [horizontal.tiles, 4 * outputRow, 4 * horizontal.form.outputs * outChannels],
        once,
      ],
      outChannels,
    );
    mapRuns(
      kernels,
      vertical.form.output[outRows - 1],
      [strip, stripRow],
      [to, rowBytes],
      [once, once, once],
      outWidth * outChannels,
    );
    if (bias || flags) kernels.finishRows(to, 4 * outChannels, outRows * outWidth, outChannels, bias, flags);
  }
}

/** The adjoint of {@link transformOutput}: writes the strips of the outputs' gradients at `dy` as points. */
export function transformOutputGradient(
  layout: WinogradLayout,
  dy: number,
  [first, count]: Strips,
  to: number,
): void {
  const { backend, kernels, geometry, vertical, horizontal, rows, outputRow, outRow } = layout;
  const { outHeight, outWidth, outChannels } = geometry;
  const rowBytes = 4 * outWidth * outChannels;
  const stripRow = 4 * outRow;
  const stripBytes = vertical.form.points * stripRow;
  const strip = scratch(backend, "strip", stripBytes);
  if (stripRow > rowBytes) heapOf(backend).fill(0, strip / 4, (strip + stripBytes) / 4);
  const pointBytes = 4 * rows * outputRow;
  for (let i = 0; i < count; i++) {
    const [image, row] = [Math.floor((first + i) / vertical.tiles), (first + i) % vertical.tiles];
    const outRows = Math.min(vertical.form.outputs, outHeight - row * vertical.form.outputs);
    mapRuns(
      kernels,
      vertical.form.outputGradient[outRows - 1],
      [dy + (image * outHeight + row * vertical.form.outputs) * rowBytes, rowBytes],
      [strip, stripRow],
      [once, once, once],
      outWidth * outChannels,
    );
    mapRuns(
      kernels,
      horizontal.form.outputGradient[horizontal.form.outputs - 1],
      [strip, 4 * outChannels],
      [to + 4 * i * horizontal.tiles * outputRow, pointBytes],
      [
        [vertical.form.points, stripRow, horizontal.form.points * pointBytes],
        [horizontal.tiles, 4 * horizontal.form.outputs * outChannels, 4 * outputRow],
        once,
      ],
      outChannels,
    );
  }
}
