/** Pooling over depth, height and width, and the gradient of max pooling; images have a depth of 1. */

/**
 * Largest value of every window of `x`, ignoring NaN; -Infinity for an empty window, written to `out`. Sizes and
 * strides in elements, addresses in bytes.
 */
export function maxPool(
  x: usize, out: usize, batch: i32, channels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  pool(
    x, out, false, batch, channels,
    inDepth, inHeight, inWidth, outDepth, outHeight, outWidth,
    depth, height, width, stepDepth, stepHeight, stepWidth, front, top, left,
  );
}

/** Mean of the values in every window of `x`, NaN for an empty window, written to `out`; the padding does not count. */
export function averagePool(
  x: usize, out: usize, batch: i32, channels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  pool(
    x, out, true, batch, channels,
    inDepth, inHeight, inWidth, outDepth, outHeight, outWidth,
    depth, height, width, stepDepth, stepHeight, stepWidth, front, top, left,
  );
}

// Inlined, so that each of the two keeps only its own reduction.
// @ts-ignore: decorator
@inline
function pool(
  x: usize, out: usize, mean: bool, batch: i32, channels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2;
  const start: f32 = mean ? 0 : -Infinity;
  let to = out;
  for (let image = 0; image < batch; image++) {
    for (let od = 0; od < outDepth; od++) {
      const d0 = max(0, od * stepDepth - front), d1 = min(inDepth, od * stepDepth - front + depth);
      for (let oh = 0; oh < outHeight; oh++) {
        const h0 = max(0, oh * stepHeight - top), h1 = min(inHeight, oh * stepHeight - top + height);
        for (let ow = 0; ow < outWidth; ow++, to += pixel) {
          const w0 = max(0, ow * stepWidth - left), w1 = min(inWidth, ow * stepWidth - left + width);
          const count = <f32>(max(0, d1 - d0) * max(0, h1 - h0) * max(0, w1 - w0));
          let channel: usize = 0;
          for (; channel + 16 <= pixel; channel += 16) {
            let all = f32x4.splat(start);
            for (let d = d0; d < d1; d++) {
              for (let h = h0; h < h1; h++) {
                let at = x + <usize>(((image * inDepth + d) * inHeight + h) * inWidth + w0) * pixel + channel;
                for (let w = w0; w < w1; w++, at += pixel) {
                  all = mean ? f32x4.add(all, v128.load(at)) : f32x4.pmax(all, v128.load(at));
                }
              }
            }
            v128.store(to + channel, mean ? f32x4.div(all, f32x4.splat(count)) : all);
          }
          for (; channel < pixel; channel += 4) {
            let all = start;
            for (let d = d0; d < d1; d++) {
              for (let h = h0; h < h1; h++) {
                let at = x + <usize>(((image * inDepth + d) * inHeight + h) * inWidth + w0) * pixel + channel;
                for (let w = w0; w < w1; w++, at += pixel) {
                  const value = load<f32>(at);
                  all = mean ? all + value : value > all ? value : all;
                }
              }
            }
            store<f32>(to + channel, mean ? all / count : all);
          }
        }
      }
    }
  }
}

/**
 * Adds `dy` of every window to `dx` at the window's first largest value, or its first element if there is none; `dx`
 * starts as zeros.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, batch: i32, channels: i32,
  inDepth: i32, inHeight: i32, inWidth: i32, outDepth: i32, outHeight: i32, outWidth: i32,
  depth: i32, height: i32, width: i32, stepDepth: i32, stepHeight: i32, stepWidth: i32,
  front: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2;
  let from = dy;
  for (let image = 0; image < batch; image++) {
    for (let od = 0; od < outDepth; od++) {
      const d0 = max(0, od * stepDepth - front), d1 = min(inDepth, od * stepDepth - front + depth);
      for (let oh = 0; oh < outHeight; oh++) {
        const h0 = max(0, oh * stepHeight - top), h1 = min(inHeight, oh * stepHeight - top + height);
        for (let ow = 0; ow < outWidth; ow++, from += pixel) {
          const w0 = max(0, ow * stepWidth - left), w1 = min(inWidth, ow * stepWidth - left + width);
          if (d0 >= d1 || h0 >= h1 || w0 >= w1) continue;
          const first = <usize>(((image * inDepth + d0) * inHeight + h0) * inWidth + w0) * pixel;
          let channel: usize = 0;
          for (; channel + 16 <= pixel; channel += 16) {
            let best = f32x4.splat(-Infinity);
            let place = i32x4.splat(<i32>(first + channel));
            for (let d = d0; d < d1; d++) {
              for (let h = h0; h < h1; h++) {
                let at = <usize>(((image * inDepth + d) * inHeight + h) * inWidth + w0) * pixel + channel;
                for (let w = w0; w < w1; w++, at += pixel) {
                  const value = v128.load(x + at);
                  const larger = f32x4.gt(value, best);
                  best = v128.bitselect(value, best, larger);
                  place = v128.bitselect(i32x4.splat(<i32>at), place, larger);
                }
              }
            }
            const gradient = v128.load(from + channel);
            add(dx + <usize>i32x4.extract_lane(place, 0), f32x4.extract_lane(gradient, 0));
            add(dx + <usize>i32x4.extract_lane(place, 1) + 4, f32x4.extract_lane(gradient, 1));
            add(dx + <usize>i32x4.extract_lane(place, 2) + 8, f32x4.extract_lane(gradient, 2));
            add(dx + <usize>i32x4.extract_lane(place, 3) + 12, f32x4.extract_lane(gradient, 3));
          }
          for (; channel < pixel; channel += 4) {
            let place = first + channel;
            let best: f32 = -Infinity;
            for (let d = d0; d < d1; d++) {
              for (let h = h0; h < h1; h++) {
                let at = <usize>(((image * inDepth + d) * inHeight + h) * inWidth + w0) * pixel + channel;
                for (let w = w0; w < w1; w++, at += pixel) {
                  const value = load<f32>(x + at);
                  if (value > best) {
                    best = value;
                    place = at;
                  }
                }
              }
            }
            add(dx + place, load<f32>(from + channel));
          }
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}
