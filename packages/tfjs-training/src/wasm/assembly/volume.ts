/** Gradients of convolutions over depth, height and width; the filter is `[depth, height, width, channels, outChannels]`. */

import { madd } from "./simd";

/** Adds the contribution of every tap of `dy` to `dx`; `dx` starts as zeros. Sizes in elements, addresses in bytes. */
export function volumeInputGradient(
  dy: usize, filter: usize, dx: usize, batch: i32, channels: i32, outChannels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  everyTap(
    dy, filter, dx, true, batch, channels, outChannels,
    inDepth, inHeight, inWidth, outDepth, outHeight, outWidth,
    depth, height, width, stepDepth, stepHeight, stepWidth, front, top, left,
  );
}

/** Adds to `df` the products of every tap's inputs with `dy`; `df` starts as zeros. */
export function volumeFilterGradient(
  dy: usize, x: usize, df: usize, batch: i32, channels: i32, outChannels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  everyTap(
    dy, df, x, false, batch, channels, outChannels,
    inDepth, inHeight, inWidth, outDepth, outHeight, outWidth,
    depth, height, width, stepDepth, stepHeight, stepWidth, front, top, left,
  );
}

// Propagates `dy` to the voxels through the filter, or to the filter through the voxels.
function everyTap(
  dy: usize, filter: usize, voxels: usize, toVoxels: bool, batch: i32, channels: i32, outChannels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, outPixel = <usize>outChannels << 2;
  let from = dy;
  for (let image = 0; image < batch; image++) {
    for (let od = 0; od < outDepth; od++) {
      for (let oh = 0; oh < outHeight; oh++) {
        for (let ow = 0; ow < outWidth; ow++, from += outPixel) {
          let row = filter;
          for (let kd = 0; kd < depth; kd++) {
            const d = od * stepDepth - front + kd;
            for (let kh = 0; kh < height; kh++) {
              const h = oh * stepHeight - top + kh;
              for (let kw = 0; kw < width; kw++) {
                const w = ow * stepWidth - left + kw;
                if (!(inside(d, inDepth) && inside(h, inHeight) && inside(w, inWidth))) {
                  row += outPixel * <usize>channels;
                  continue;
                }
                let at = voxels + <usize>(((image * inDepth + d) * inHeight + h) * inWidth + w) * pixel;
                for (const end = at + pixel; at < end; at += 4, row += outPixel) {
                  if (toVoxels) store<f32>(at, load<f32>(at) + dot(from, row, outPixel));
                  else addProduct(row, from, load<f32>(at), outPixel);
                }
              }
            }
          }
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inside(at: i32, size: i32): bool {
  return <u32>at < <u32>size;
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (const end = bytes & ~15; at < end; at += 16) sums = madd(v128.load(a + at), v128.load(b + at), sums);
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  sum += f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (; at < bytes; at += 4) sum += load<f32>(a + at) * load<f32>(b + at);
  return sum;
}

function addProduct(to: usize, from: usize, factor: f32, bytes: usize): void {
  const factors = f32x4.splat(factor);
  let at: usize = 0;
  for (const end = bytes & ~15; at < end; at += 16) {
    v128.store(to + at, madd(v128.load(from + at), factors, v128.load(to + at)));
  }
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at) * factor);
}
