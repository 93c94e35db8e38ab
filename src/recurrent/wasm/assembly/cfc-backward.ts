/** Backward pass of the CfC over whole sequences: the gradients of all pre-activations. */

import { slope } from "./cfc-activation";
import { CfCPlan, layerAt } from "./cfc-plan";
import { addProduct, blockRows, clearFloats, copyFloats } from "./cfc-product";
import { LstmPlan } from "./lstm-plan";
import { loadCells, lstmBackward, resetCells, shownOf, storeCells } from "./lstm-step";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Runs all sequences, up to 32 at a time, each from its last step to its first; `plan` is a {@link CfCPlan}. */
export function cfcBackward(plan: usize): void {
  const p = changetype<CfCPlan>(plan);
  for (let first = 0; first < p.batch;) {
    const rows = blockRows(p.batch - first);
    backwardBlock(p, first, rows);
    first += rows;
  }
}

function backwardBlock(p: CfCPlan, first: i32, rows: i32): void {
  const steps = p.steps, units = p.units, padded = p.padded, heads = p.layers - 1;
  const stride = <usize>padded << 2;
  const d = p.work, next = d + rows * stride, dz = next + rows * stride;
  clearFloats(d, rows * padded);
  for (let r = 0; r < rows; r++) {
    copyFloats(p.last + (<usize>((first + r) * units) << 2), d + r * stride, units);
  }
  const l = changetype<LstmPlan>(p.lstm);
  if (p.lstm) loadCells(p, l, l.last, first, rows);
  for (let step = steps - 1; step >= 0; step--) {
    const row = <usize>(first * steps + step);
    clearFloats(next, rows * padded);
    for (let r = 0; r < rows; r++) {
      const at = row + r * steps, own = d + r * stride;
      addFloats(p.outputs + ((at * units) << 2), own, units);
      const runs = !p.mask || load<f32>(p.mask + (at << 2)) != 0;
      const layer = layerAt(p, heads);
      const delta = layer.delta + ((at * layer.width) << 2);
      if (!runs) {
        clearFloats(delta, layer.width);
        if (p.dTimes) store<f32>(p.dTimes + (at << 2), 0);
        copyFloats(own, next + r * stride, padded);
        continue;
      }
      const time = p.times ? load<f32>(p.times + (at << 2)) : p.elapsed;
      if (p.mode == 2) unmixPure(p, own, delta, at, time);
      else unmix(p, own, delta, at, time);
    }
    for (let l = heads; l > 0; l--) {
      const layer = layerAt(p, l), before = layerAt(p, l - 1);
      const width = before.width, bytes = <usize>width << 2;
      clearFloats(dz, rows * width);
      addProduct(
        rows, layer.delta + ((row * layer.width) << 2), <usize>(steps * layer.width) << 2,
        layer.transposed, layer.width, dz, bytes, width,
      );
      for (let r = 0; r < rows; r++) {
        const place = ((row + r * steps) * width) << 2;
        slope(
          p.activation, dz + r * bytes, before.z + place, before.u ? before.u + place : 0,
          before.dropout ? before.dropout + place : 0, before.delta + place, width,
        );
      }
    }
    const base = layerAt(p, 0);
    const consumed = p.lstm ? shownOf(p, l, rows) : next;
    if (p.lstm) clearFloats(consumed, rows * padded);
    addProduct(
      rows, base.delta + ((row * base.width) << 2), <usize>(steps * base.width) << 2,
      base.transposed, base.width, consumed, stride, padded,
    );
    if (p.lstm) lstmBackward(p, l, row, rows, next);
    copyFloats(next, d, rows * padded);
    if (p.resets) {
      for (let r = 0; r < rows; r++) {
        if (load<f32>(p.resets + ((row + r * steps) << 2)) != 0) clearFloats(d + r * stride, padded);
      }
      if (p.lstm) resetCells(p, l, row, rows);
    }
  }
  for (let r = 0; r < rows; r++) {
    copyFloats(d + r * stride, p.dState + (<usize>((first + r) * units) << 2), units);
  }
  if (p.lstm) storeCells(p, l, l.dFirst, first, rows);
}

function addFloats(from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}

// h' = f + s g, or f (1 - s) + s g; gradients of the heads' pre-activations from that of h'.
function unmix(p: CfCPlan, d: usize, delta: usize, at: usize, time: f32): void {
  const bytes = <usize>p.padded << 2;
  const one = f32x4.splat(1);
  const factor = f32x4.splat(p.bounded ? time : -time);
  const parts = p.parts + at * p.heads * bytes;
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const dh = v128.load(d + j);
    const f = v128.load(parts + j), g = v128.load(parts + bytes + j), s = v128.load(parts + 2 * bytes + j);
    const rest = f32x4.sub(one, s);
    const gated = p.mode == 0;
    let df = gated ? f32x4.mul(dh, rest) : dh;
    let dg = f32x4.mul(dh, s);
    const dc = f32x4.mul(f32x4.mul(dh, gated ? f32x4.sub(g, f) : g), f32x4.mul(s, rest));
    if (p.bounded) {
      df = f32x4.mul(df, f32x4.sub(one, f32x4.mul(f, f)));
      dg = f32x4.mul(dg, f32x4.sub(one, f32x4.mul(g, g)));
    }
    v128.store(delta + j, df);
    v128.store(delta + bytes + j, dg);
    if (p.heads == 4) {
      v128.store(delta + 2 * bytes + j, f32x4.mul(dc, factor));
      v128.store(delta + 3 * bytes + j, dc);
      sum = madd(dc, v128.load(parts + 3 * bytes + j), sum);
    } else v128.store(delta + 2 * bytes + j, dc);
  }
  if (p.dTimes) store<f32>(p.dTimes + (at << 2), p.bounded ? total(sum) : -total(sum));
}

// h' = A (1 - e f) with e = exp(-t (|w| + |f|))
function unmixPure(p: CfCPlan, d: usize, delta: usize, at: usize, time: f32): void {
  const bytes = <usize>p.padded << 2;
  const one = f32x4.splat(1), t = f32x4.splat(time);
  const parts = p.parts + at * 2 * bytes;
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const dh = v128.load(d + j), f = v128.load(parts + j), decay = v128.load(parts + bytes + j);
    const scaled = f32x4.mul(f32x4.mul(dh, v128.load(p.a + j)), decay);
    const size = f32x4.abs(f);
    v128.store(delta + j, f32x4.mul(scaled, f32x4.sub(f32x4.mul(t, size), one)));
    const dRate = f32x4.mul(scaled, f);
    v128.store(p.dWTau + j, madd(dRate, t, v128.load(p.dWTau + j)));
    v128.store(p.dA + j, madd(dh, f32x4.sub(one, f32x4.mul(decay, f)), v128.load(p.dA + j)));
    sum = madd(dRate, f32x4.add(size, f32x4.abs(v128.load(p.wTau + j))), sum);
  }
  if (p.dTimes) store<f32>(p.dTimes + (at << 2), total(sum));
}

function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
