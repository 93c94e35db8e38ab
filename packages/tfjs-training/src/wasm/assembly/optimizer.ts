/** Update rules of optimizers: one pass over weight, gradient and moments. Addresses in bytes. */

/** Sum of the squares of `count` floats; blocks of 4096 are accumulated in double precision. */
export function sumOfSquares(x: usize, count: i32): f64 {
  const end = x + (<usize>count << 2);
  let total: f64 = 0;
  let at = x;
  while (at + 16 <= end) {
    const stop = min(end, at + 16384);
    let a = f32x4.splat(0), b = a;
    for (; at + 32 <= stop; at += 32) {
      const p = v128.load(at), q = v128.load(at, 16);
      a = f32x4.add(a, f32x4.mul(p, p));
      b = f32x4.add(b, f32x4.mul(q, q));
    }
    for (; at + 16 <= stop; at += 16) {
      const p = v128.load(at);
      a = f32x4.add(a, f32x4.mul(p, p));
    }
    a = f32x4.add(a, b);
    total += <f64>f32x4.extract_lane(a, 0) + <f64>f32x4.extract_lane(a, 1)
      + <f64>f32x4.extract_lane(a, 2) + <f64>f32x4.extract_lane(a, 3);
  }
  for (; at < end; at += 4) {
    const value = load<f32>(at);
    total += <f64>value * <f64>value;
  }
  return total;
}

/**
 * Adam: `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`,
 * `out = keep w - rate m / (sqrt(v) + epsilon)` with `g = scale gradient`. Moments are updated in place.
 */
export function adamStep(
  weight: usize, gradient: usize, out: usize, mean: usize, meanSquare: usize, count: i32,
  scale: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, epsilon: f32, keep: f32,
): void {
  const size = <usize>count << 2;
  const S = f32x4.splat(scale), B1 = f32x4.splat(beta1), R1 = f32x4.splat(rest1);
  const B2 = f32x4.splat(beta2), R2 = f32x4.splat(rest2);
  const L = f32x4.splat(rate), E = f32x4.splat(epsilon), K = f32x4.splat(keep);
  let at: usize = 0;
  for (; at + 16 <= size; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), S);
    const m = f32x4.add(f32x4.mul(v128.load(mean + at), B1), f32x4.mul(g, R1));
    const v = f32x4.add(f32x4.mul(v128.load(meanSquare + at), B2), f32x4.mul(f32x4.mul(g, g), R2));
    v128.store(mean + at, m);
    v128.store(meanSquare + at, v);
    const step = f32x4.mul(f32x4.div(m, f32x4.add(f32x4.sqrt(v), E)), L);
    v128.store(out + at, f32x4.sub(f32x4.mul(v128.load(weight + at), K), step));
  }
  for (; at < size; at += 4) {
    const g = load<f32>(gradient + at) * scale;
    const m = load<f32>(mean + at) * beta1 + g * rest1;
    const v = load<f32>(meanSquare + at) * beta2 + g * g * rest2;
    store<f32>(mean + at, m);
    store<f32>(meanSquare + at, v);
    store<f32>(out + at, load<f32>(weight + at) * keep - m / (sqrt<f32>(v) + epsilon) * rate);
  }
}

/**
 * RMSProp. `mean` is 0 unless centred, `velocity` 0 without momentum. `inside`: epsilon under the root and
 * the rate inside the momentum, as in TensorFlow 1. Moments are updated in place.
 */
export function rmspropStep(
  weight: usize, gradient: usize, out: usize, meanSquare: usize, mean: usize, velocity: usize, count: i32,
  scale: f32, decay: f32, rest: f32, rate: f32, epsilon: f32, momentum: f32, inside: bool,
): void {
  const size = <usize>count << 2;
  const S = f32x4.splat(scale), D = f32x4.splat(decay), R = f32x4.splat(rest);
  const L = f32x4.splat(rate), E = f32x4.splat(epsilon), M = f32x4.splat(momentum), zero = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= size; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), S);
    let spread = f32x4.add(f32x4.mul(v128.load(meanSquare + at), D), f32x4.mul(f32x4.mul(g, g), R));
    v128.store(meanSquare + at, spread);
    if (mean) {
      const m = f32x4.add(f32x4.mul(v128.load(mean + at), D), f32x4.mul(g, R));
      v128.store(mean + at, m);
      // A variance; rounding may make it negative.
      spread = f32x4.max(f32x4.sub(spread, f32x4.mul(m, m)), zero);
    }
    const divisor = inside ? f32x4.sqrt(f32x4.add(spread, E)) : f32x4.add(f32x4.sqrt(spread), E);
    let step = f32x4.div(g, divisor);
    if (inside) step = f32x4.mul(step, L);
    if (velocity) {
      step = f32x4.add(f32x4.mul(v128.load(velocity + at), M), step);
      v128.store(velocity + at, step);
    }
    if (!inside) step = f32x4.mul(step, L);
    v128.store(out + at, f32x4.sub(v128.load(weight + at), step));
  }
  for (; at < size; at += 4) {
    const g = load<f32>(gradient + at) * scale;
    let spread = load<f32>(meanSquare + at) * decay + g * g * rest;
    store<f32>(meanSquare + at, spread);
    if (mean) {
      const m = load<f32>(mean + at) * decay + g * rest;
      store<f32>(mean + at, m);
      spread = max<f32>(spread - m * m, 0);
    }
    let step = g / (inside ? sqrt<f32>(spread + epsilon) : sqrt<f32>(spread) + epsilon);
    if (inside) step *= rate;
    if (velocity) {
      step = load<f32>(velocity + at) * momentum + step;
      store<f32>(velocity + at, step);
    }
    if (!inside) step *= rate;
    store<f32>(out + at, load<f32>(weight + at) - step);
  }
}

/**
 * Gradient descent: `v = momentum v + g`, `out = w - rate v`, with `nesterov` `w - rate (g + momentum v)`.
 * `velocity` is 0 without momentum; it is updated in place.
 */
export function sgdStep(
  weight: usize, gradient: usize, out: usize, velocity: usize, count: i32,
  scale: f32, rate: f32, momentum: f32, nesterov: bool,
): void {
  const size = <usize>count << 2;
  const S = f32x4.splat(scale), L = f32x4.splat(rate), M = f32x4.splat(momentum);
  let at: usize = 0;
  for (; at + 16 <= size; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), S);
    let direction = g;
    if (velocity) {
      const v = f32x4.add(f32x4.mul(v128.load(velocity + at), M), g);
      v128.store(velocity + at, v);
      direction = nesterov ? f32x4.add(g, f32x4.mul(v, M)) : v;
    }
    v128.store(out + at, f32x4.sub(v128.load(weight + at), f32x4.mul(direction, L)));
  }
  for (; at < size; at += 4) {
    const g = load<f32>(gradient + at) * scale;
    let direction = g;
    if (velocity) {
      const v = load<f32>(velocity + at) * momentum + g;
      store<f32>(velocity + at, v);
      direction = nesterov ? g + v * momentum : v;
    }
    store<f32>(out + at, load<f32>(weight + at) - direction * rate);
  }
}
