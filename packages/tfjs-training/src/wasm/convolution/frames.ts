/** Frames images with the border of zeros that a convolution needs, and locates their patches. */

import type { KernelExports } from "../kernel-binaries.js";
import type { WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import type { RowGrid } from "../products/gemm.js";
import type { ConvGeometry } from "./conv-geometry.js";

// Size of the framed images at once, in bytes: they stay in the second-level cache until they are multiplied.
const groupBytes = 1 << 20;

/** Some images of a batch, framed. */
export interface FrameGroup {
  /** Index of the first image. */
  first: number;
  /** Number of images. */
  images: number;
  /** Byte address of the first framed image. */
  base: number;
}

/** Height and width of an image with its border. */
export interface FrameSize {
  /** Height. */
  height: number;
  /** Width. */
  width: number;
}

/** Extent of the patches of a convolution, counted from the first row and column of the border. */
export function frameSize(geometry: ConvGeometry): FrameSize {
  const { outHeight, outWidth, strideHeight, strideWidth } = geometry;
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = geometry;
  return {
    height: (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1,
    width: (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1,
  };
}

/** Groups images of a batch so that they fit into the cache. */
export function groupsOf(batch: number, floatsPerImage: number): { first: number; images: number }[] {
  const most = Math.max(1, Math.floor(groupBytes / (4 * floatsPerImage)));
  const groups = [];
  for (let first = 0; first < batch; first += most) {
    groups.push({ first, images: Math.min(most, batch - first) });
  }
  return groups;
}

/** The framed images of a convolution's input. */
export interface FramedInput extends FrameSize {
  /** Groups of images; a group is in scratch memory until the next one is created. */
  groups: Iterable<FrameGroup>;
}

/**
 * The framed input of a convolution at the byte address `x`; the input itself if it needs no border.
 * With `readBeyond`, up to five floats after each image may be read.
 */
export function frameInput(
  backend: WasmBackend,
  kernels: KernelExports,
  x: number,
  geometry: ConvGeometry,
  readBeyond = false,
): FramedInput {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = geometry;
  const { height, width } = frameSize(geometry);
  const fits = padInfo.top === 0 && padInfo.left === 0 && height <= inHeight && width <= inWidth;
  if (fits && !readBeyond) {
    return { height: inHeight, width: inWidth, groups: [{ first: 0, images: batchSize, base: x }] };
  }
  const floats = height * width * inChannels;
  function* groups(): Generator<FrameGroup> {
    for (const { first, images } of groupsOf(batchSize, floats)) {
      const base = scratch(backend, "images", 4 * images * floats + 32);
      kernels.frameImages(
        x + 4 * first * inHeight * inWidth * inChannels,
        images,
        inHeight,
        inWidth * inChannels,
        base,
        height,
        width * inChannels,
        padInfo.top,
        padInfo.left * inChannels,
      );
      yield { first, images, base };
    }
  }
  return { height, width, groups: groups() };
}

/** A patch as runs of consecutive floats. */
export interface PatchRuns {
  /** Byte offsets of the runs from the patch's first float. */
  segments: number[];
  /** Number of floats in a run. */
  length: number;
}

/** The runs of a patch of framed images of this width: rows of the filter, or its taps if it is dilated. */
export function patchRuns(geometry: ConvGeometry, frameWidth: number): PatchRuns {
  const { filterHeight, filterWidth, inChannels, dilationHeight, dilationWidth } = geometry;
  const rows = Array.from(
    { length: filterHeight },
    (_, i) => 4 * i * dilationHeight * frameWidth * inChannels,
  );
  if (dilationWidth === 1) return { segments: rows, length: filterWidth * inChannels };
  const taps = Array.from({ length: filterWidth }, (_, i) => 4 * i * dilationWidth * inChannels);
  return { segments: rows.flatMap((row) => taps.map((tap) => row + tap)), length: inChannels };
}

/** Locations of the patches of framed images. */
export function patchGrid(geometry: ConvGeometry, { height, width }: FrameSize, base: number): RowGrid {
  const { strideHeight, strideWidth, inChannels } = geometry;
  return {
    base,
    imageStep: 4 * height * width * inChannels,
    rowStep: 4 * strideHeight * width * inChannels,
    columnStep: 4 * strideWidth * inChannels,
  };
}
