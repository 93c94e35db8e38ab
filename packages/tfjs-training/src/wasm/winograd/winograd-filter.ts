/** Transforms filters to points of Winograd's convolutions, and back. */

import { scratch } from "../memory/scratch.js";
import { mapRuns, once, type WinogradLayout } from "./winograd-layout.js";

function sizes({ geometry, vertical, horizontal }: WinogradLayout) {
  const plane = geometry.inChannels * geometry.outChannels;
  const row = horizontal.form.taps * horizontal.stride * plane; // floats of a row of the padded filter
  const height = vertical.form.taps * vertical.stride;
  return { plane, row, height, half: vertical.form.points * vertical.stride * row };
}

/** Returns the byte address of the filter at `filter` as points `[points, channels, outChannels]`. */
export function transformFilter(layout: WinogradLayout, filter: number): number {
  const { backend, kernels, geometry, vertical, horizontal, points, channels } = layout;
  const { filterHeight, filterWidth, outChannels } = geometry;
  const { plane, row, height, half } = sizes(layout);
  const pointBytes = 4 * channels * outChannels;
  const full = scratch(backend, "transforms", points * pointBytes + 4 * (height * row + half));
  const middle = full + 4 * height * row;
  const to = middle + 4 * half;
  kernels.frameImages(filter, 1, filterHeight, filterWidth * plane, full, height, row, 0, 0);
  const blockRow = 4 * vertical.stride * row;
  mapRuns(
    kernels,
    vertical.form.filter,
    [full, blockRow],
    [middle, blockRow],
    [once, once, once],
    blockRow / 4,
  );
  const run = horizontal.stride * plane;
  mapRuns(
    kernels,
    horizontal.form.filter,
    [middle, 4 * run],
    [to, pointBytes],
    [
      [vertical.form.points, blockRow, horizontal.form.points * pointBytes],
      [vertical.stride, 4 * row, 4 * run],
      once,
    ],
    run,
  );
  return to;
}

/** The adjoint of {@link transformFilter}, for points whose rows are `rowFloats` apart in `rows` rows. */
export function transformFilterGradient(
  layout: WinogradLayout,
  from: number,
  [rows, rowFloats]: readonly [number, number],
  filter: number,
): void {
  const { backend, kernels, geometry, vertical, horizontal } = layout;
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
  const { plane, row, height, half } = sizes(layout);
  const pointBytes = 4 * rows * rowFloats;
  const full = scratch(backend, "transforms", 4 * (height * row + half));
  const middle = full + 4 * height * row;
  const blockRow = 4 * vertical.stride * row;
  const blockChannels = horizontal.stride * inChannels;
  mapRuns(
    kernels,
    horizontal.form.filterGradient,
    [from, pointBytes],
    [middle, 4 * horizontal.stride * plane],
    [
      [vertical.form.points, horizontal.form.points * pointBytes, blockRow],
      [vertical.stride, 4 * blockChannels * rowFloats, 4 * row],
      [blockChannels, 4 * rowFloats, 4 * outChannels],
    ],
    outChannels,
  );
  const whole = blockRow / 4;
  mapRuns(
    kernels,
    vertical.form.filterGradient,
    [middle, blockRow],
    [full, blockRow],
    [once, once, once],
    whole,
  );
  kernels.frameImages(full, 1, height, row, filter, filterHeight, filterWidth * plane, 0, 0);
}
