/** Transforms images to points of Winograd's convolutions, and the adjoint, a row of tiles at a time. */

import { heapOf } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { mapRuns, once, type Strips, type WinogradLayout } from "./winograd-layout.js";

/** Writes some strips of the images at `x` as points `[points, rows, inputRow]`. */
export function transformInput(layout: WinogradLayout, x: number, [first, count]: Strips, to: number): void {
  const { backend, kernels, geometry, vertical, horizontal, frameRow, rows, inputRow } = layout;
  const { inHeight, inWidth, inChannels } = geometry;
  const rowBytes = 4 * inWidth * inChannels;
  const [run, stripRow] = [horizontal.stride * inChannels, 4 * frameRow];
  const { strip, inside, floats } = inputStrip(layout);
  const border = scratch(backend, "images", vertical.form.points * vertical.stride * rowBytes);
  const pointBytes = 4 * rows * inputRow;
  for (let i = 0; i < count; i++) {
    const [image, top, whole] = placeOf(layout, first + i);
    const base = x + image * inHeight * rowBytes;
    if (!whole) {
      const height = vertical.form.points * vertical.stride;
      kernels.frameImages(base, 1, inHeight, rowBytes / 4, border, height, rowBytes / 4, -top, 0);
    }
    mapRuns(
      kernels,
      vertical.form.input,
      [whole ? base + top * rowBytes : border, vertical.stride * rowBytes],
      [inside, vertical.stride * stripRow],
      [[vertical.stride, rowBytes, stripRow], once, once],
      floats,
    );
    mapRuns(
      kernels,
      horizontal.form.input,
      [strip, 4 * run],
      [to + 4 * i * horizontal.tiles * inputRow, pointBytes],
      [
        [vertical.form.points, vertical.stride * stripRow, horizontal.form.points * pointBytes],
        [horizontal.tiles, 4 * horizontal.form.outputs * run, 4 * inputRow],
        [vertical.stride, stripRow, 4 * run],
      ],
      run,
    );
  }
}

/** The adjoint of {@link transformInput}: writes the gradients of the images' strips at `dx`. */
export function transformInputGradient(
  layout: WinogradLayout,
  dx: number,
  [first, count]: Strips,
  from: number,
): void {
  const { backend, kernels, geometry, vertical, horizontal, frameRow, rows, inputRow } = layout;
  const { inHeight, inWidth, inChannels, padInfo } = geometry;
  const [run, stripRow] = [horizontal.stride * inChannels, 4 * frameRow];
  const rowBytes = 4 * inWidth * inChannels;
  const { strip, inside, floats, bytes } = inputStrip(layout);
  const height = vertical.form.points * vertical.stride;
  const border = scratch(backend, "images", height * rowBytes);
  const pointBytes = 4 * rows * inputRow;
  const heap = heapOf(backend);
  // Pixels not covered by any tile, and those to which the first tile adds.
  const reached = vertical.pixels - padInfo.top >= inHeight && floats === inWidth * inChannels;
  const shared = Math.min(inHeight, (vertical.form.taps - 1) * vertical.stride);
  for (let i = 0; i < count; i++) {
    const [image, top, whole, start] = placeOf(layout, first + i);
    const base = dx + image * inHeight * rowBytes;
    if (start) heap.fill(0, base / 4, (base + (reached ? shared : inHeight) * rowBytes) / 4);
    if (horizontal.form.taps > 1) heap.fill(0, strip / 4, (strip + bytes) / 4);
    mapRuns(
      kernels,
      horizontal.form.inputGradient,
      [from + 4 * i * horizontal.tiles * inputRow, pointBytes],
      [strip, 4 * run],
      [
        [vertical.form.points, horizontal.form.points * pointBytes, vertical.stride * stripRow],
        [horizontal.tiles, 4 * inputRow, 4 * horizontal.form.outputs * run],
        [vertical.stride, 4 * run, stripRow],
      ],
      run,
    );
    if (!whole) {
      kernels.frameImages(base, 1, inHeight, rowBytes / 4, border, height, rowBytes / 4, -top, 0);
    }
    mapRuns(
      kernels,
      vertical.form.inputGradient,
      [inside, vertical.stride * stripRow],
      [whole ? base + top * rowBytes : border, vertical.stride * rowBytes],
      [[vertical.stride, stripRow, rowBytes], once, once],
      floats,
    );
    if (whole) continue;
    const [from0, to0] = [Math.max(0, top), Math.min(inHeight, top + height)];
    if (to0 > from0) {
      heap.copyWithin(
        (base + from0 * rowBytes) / 4,
        (border + (from0 - top) * rowBytes) / 4,
        (border + (to0 - top) * rowBytes) / 4,
      );
    }
  }
}

// Image and first row of pixels of a strip, whether all its rows are in the image and whether it is the first one.
function placeOf(
  { geometry: { inHeight, padInfo }, vertical }: WinogradLayout,
  strip: number,
): readonly [image: number, top: number, whole: boolean, start: boolean] {
  const row = strip % vertical.tiles;
  const top = row * vertical.form.outputs * vertical.stride - padInfo.top;
  const whole = top >= 0 && top + vertical.form.points * vertical.stride <= inHeight;
  return [(strip - row) / vertical.tiles, top, whole, row === 0];
}

// Intermediate result of a strip of the input, with zeros around the part that the image covers.
function inputStrip({ backend, geometry, vertical, horizontal, frameRow }: WinogradLayout) {
  const { inWidth, inChannels, padInfo } = geometry;
  const bytes = 4 * vertical.form.points * vertical.stride * frameRow;
  const strip = scratch(backend, "strip", bytes);
  const floats = Math.min(inWidth, horizontal.pixels - padInfo.left) * inChannels;
  if (floats < frameRow) heapOf(backend).fill(0, strip / 4, (strip + bytes) / 4);
  return { strip, bytes, floats, inside: strip + 4 * padInfo.left * inChannels };
}
