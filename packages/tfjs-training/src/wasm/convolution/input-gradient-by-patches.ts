/** Computes the input gradient of a convolution as one product, whose rows are summed where patches overlap. */

import { kernelsOf } from "../kernel-module.js";
import { heapOf, type WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { gemm, workArea, writeAddresses } from "../products/gemm.js";
import type { ConvGeometry, InputGradientAddresses } from "./conv-geometry.js";
import { patchesAtOnce } from "./convolve.js";
import { frameSize, groupsOf, patchGrid, patchRuns } from "./frames.js";

/**
 * The method of the compiled kernels: borders of zeros are not multiplied, and there are as many columns as
 * weights per output, so panels are full even with few channels.
 */
export function gradientByPatches(
  backend: WasmBackend,
  geometry: ConvGeometry,
  { dy, filter, dx }: InputGradientAddresses,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry;
  const kernels = kernelsOf(backend);
  const frame = frameSize(geometry);
  const { segments, length } = patchRuns(geometry, frame.width);
  const k = segments.length * length;
  const pixels = outHeight * outWidth;
  const frameFloats = frame.height * frame.width * inChannels;
  for (const { first, images } of groupsOf(batchSize, frameFloats)) {
    const frames = scratch(backend, "images", 4 * images * frameFloats);
    heapOf(backend).fill(0, frames / 4, frames / 4 + images * frameFloats);
    const rows = patchGrid(geometry, frame, frames);
    const most = patchesAtOnce(images * pixels, k);
    const patches = scratch(backend, "patches", 4 * most * k);
    for (let patch = 0; patch < images * pixels; patch += most) {
      const m = Math.min(most, images * pixels - patch);
      const a = dy + 4 * (first * pixels + patch) * outChannels;
      gemm(backend, { m, n: k, k: outChannels, a, b: filter, c: patches, transposeB: true });
      const { offsets, tables } = workArea(backend, segments, most + 6);
      writeAddresses(kernels, tables, rows, patch, m, outHeight, outWidth);
      kernels.scatterRows(tables, m, offsets, segments.length, length, patches);
    }
    kernels.frameImages(
      frames,
      images,
      frame.height,
      frame.width * inChannels,
      dx + 4 * first * inHeight * inWidth * inChannels,
      inHeight,
      inWidth * inChannels,
      -padInfo.top,
      -padInfo.left * inChannels,
    );
  }
}
