/** Gradients of depthwise convolutions: every channel has `multiplier` separate filters. */

import { madd } from "./simd";

/**
 * Gradient of the filter `[height, width, channels, multiplier]` from the input `x` and the output's
 * gradient `dy`. Sizes and strides in elements, addresses in bytes.
 */
export function depthwiseFilterGradient(
  x: usize, dy: usize, out: usize, batch: i32, channels: i32, multiplier: i32,
  inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, height: i32, width: i32,
  stepHeight: i32, stepWidth: i32, gapHeight: i32, gapWidth: i32, top: i32, left: i32,
): void {
  const outChannels = channels * multiplier;
  const pixel = <usize>channels << 2, outPixel = <usize>outChannels << 2;
  memory.fill(out, 0, <usize>(height * width) * outPixel);
  const step = <usize>stepWidth * pixel;
  // Image by image, so that the taps after the first find it in the cache.
  for (let image = 0; image < batch; image++) {
    for (let kh = 0; kh < height; kh++) {
      const shiftH = kh * gapHeight - top;
      const h0 = firstInside(shiftH, stepHeight), h1 = min(outHeight, pastInside(shiftH, stepHeight, inHeight));
      for (let kw = 0; kw < width; kw++) {
        const shiftW = kw * gapWidth - left;
        const w0 = firstInside(shiftW, stepWidth), w1 = min(outWidth, pastInside(shiftW, stepWidth, inWidth));
        const to = out + <usize>(kh * width + kw) * outPixel;
        let o = 0;
        if (multiplier == 1) {
          // Sixteen channels: one line of the cache, and four independent sums.
          for (; o + 16 <= channels; o += 16) {
            const at = <usize>o << 2;
            let p = v128.load(to + at), q = v128.load(to + at, 16), r = v128.load(to + at, 32), s = v128.load(to + at, 48);
            for (let oh = h0; oh < h1; oh++) {
              let a = x + <usize>((image * inHeight + oh * stepHeight + shiftH) * inWidth + w0 * stepWidth + shiftW) * pixel + at;
              let b = dy + <usize>((image * outHeight + oh) * outWidth + w0) * outPixel + at;
              for (let ow = w0; ow < w1; ow++, a += step, b += outPixel) {
                p = madd(v128.load(a), v128.load(b), p);
                q = madd(v128.load(a, 16), v128.load(b, 16), q);
                r = madd(v128.load(a, 32), v128.load(b, 32), r);
                s = madd(v128.load(a, 48), v128.load(b, 48), s);
              }
            }
            v128.store(to + at, p);
            v128.store(to + at, q, 16);
            v128.store(to + at, r, 32);
            v128.store(to + at, s, 48);
          }
          for (; o + 4 <= channels; o += 4) {
            let sum = v128.load(to + (<usize>o << 2));
            for (let oh = h0; oh < h1; oh++) {
              let a = x + <usize>((image * inHeight + oh * stepHeight + shiftH) * inWidth + w0 * stepWidth + shiftW) * pixel + (<usize>o << 2);
              let b = dy + <usize>((image * outHeight + oh) * outWidth + w0) * outPixel + (<usize>o << 2);
              for (let ow = w0; ow < w1; ow++, a += step, b += outPixel) sum = madd(v128.load(a), v128.load(b), sum);
            }
            v128.store(to + (<usize>o << 2), sum);
          }
        }
        for (; o < outChannels; o++) {
          const channel = o / multiplier;
          let sum = load<f32>(to + (<usize>o << 2));
          for (let oh = h0; oh < h1; oh++) {
            let a = x + <usize>((image * inHeight + oh * stepHeight + shiftH) * inWidth + w0 * stepWidth + shiftW) * pixel + (<usize>channel << 2);
            let b = dy + <usize>((image * outHeight + oh) * outWidth + w0) * outPixel + (<usize>o << 2);
            for (let ow = w0; ow < w1; ow++, a += step, b += outPixel) sum += load<f32>(a) * load<f32>(b);
          }
          store<f32>(to + (<usize>o << 2), sum);
        }
      }
    }
  }
}

/** Gradient of the input: every tap adds a row of outputs to the pixels that it was multiplied with. */
export function depthwiseInputGradient(
  dy: usize, filter: usize, out: usize, batch: i32, channels: i32, multiplier: i32,
  inHeight: i32, inWidth: i32, outHeight: i32, outWidth: i32, height: i32, width: i32,
  stepHeight: i32, stepWidth: i32, gapHeight: i32, gapWidth: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2, outPixel = <usize>(channels * multiplier) << 2;
  memory.fill(out, 0, <usize>(batch * inHeight * inWidth) * pixel);
  const step = <usize>stepWidth * pixel;
  for (let image = 0; image < batch; image++) {
    for (let ih = 0; ih < inHeight; ih++) {
      for (let kh = 0; kh < height; kh++) {
        const y = ih + top - kh * gapHeight;
        if (y < 0 || y % stepHeight != 0 || y / stepHeight >= outHeight) continue;
        for (let kw = 0; kw < width; kw++) {
          const shift = kw * gapWidth - left;
          const w0 = firstInside(shift, stepWidth), w1 = min(outWidth, pastInside(shift, stepWidth, inWidth));
          const from = dy + <usize>((image * outHeight + y / stepHeight) * outWidth + w0) * outPixel;
          const to = out + <usize>((image * inHeight + ih) * inWidth + w0 * stepWidth + shift) * pixel;
          const weights = filter + <usize>(kh * width + kw) * outPixel;
          let channel = 0;
          if (multiplier == 1) {
            for (; channel + 4 <= channels; channel += 4) {
              const at = <usize>channel << 2;
              const weight = v128.load(weights + at);
              let a = from + at, b = to + at;
              for (let ow = w0; ow < w1; ow++, a += outPixel, b += step) {
                v128.store(b, madd(v128.load(a), weight, v128.load(b)));
              }
            }
          }
          for (; channel < channels; channel++) {
            const at = <usize>(channel * multiplier) << 2;
            let a = from + at, b = to + (<usize>channel << 2);
            for (let ow = w0; ow < w1; ow++, a += outPixel, b += step) {
              let sum: f32 = 0;
              for (let i: usize = 0; i < <usize>multiplier << 2; i += 4) {
                sum += load<f32>(a + i) * load<f32>(weights + at + i);
              }
              store<f32>(b, load<f32>(b) + sum);
            }
          }
        }
      }
    }
  }
}

// First output whose input position `output * step + shift` is not before the image.
// @ts-ignore: decorator
@inline
function firstInside(shift: i32, step: i32): i32 {
  return shift >= 0 ? 0 : (step - 1 - shift) / step;
}

// First output after that whose input position is past the image.
// @ts-ignore: decorator
@inline
function pastInside(shift: i32, step: i32, size: i32): i32 {
  return shift >= size ? 0 : (size - 1 - shift) / step + 1;
}
