/**
 * One step, forward and backward, of the LSTM of a CfC with mixed memory: `c' = c sf + tanh(i) si`, `h' = tanh(c')
 * so`.
 */

import { CfCPlan } from "./cfc-plan";
import { addProduct, clearFloats, copyFloats } from "./cfc-product";
import { LstmPlan } from "./lstm-plan";
import { logistic, tanh } from "../../../../packages/tfjs-training/src/wasm/assembly/math";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Memories of a block's rows `[rows, padded]`, at the beginning of the work area. */
// @ts-ignore: decorator
@inline
export function cellsOf(l: LstmPlan): usize {
  return l.work;
}

/** The LSTM's outputs of a block's rows `[rows, padded]`, or their gradients. */
// @ts-ignore: decorator
@inline
export function shownOf(p: CfCPlan, l: LstmPlan, rows: i32): usize {
  return l.work + (<usize>(rows * p.padded) << 2);
}

/** Fills the memories from `[batch, units]` at `from`. */
export function loadCells(p: CfCPlan, l: LstmPlan, from: usize, first: i32, rows: i32): void {
  const stride = <usize>p.padded << 2, cells = cellsOf(l);
  clearFloats(cells, rows * p.padded);
  for (let r = 0; r < rows; r++) {
    copyFloats(from + (<usize>((first + r) * p.units) << 2), cells + r * stride, p.units);
  }
}

/** Writes the memories to `[batch, units]` at `to`. */
export function storeCells(p: CfCPlan, l: LstmPlan, to: usize, first: i32, rows: i32): void {
  const stride = <usize>p.padded << 2, cells = cellsOf(l);
  for (let r = 0; r < rows; r++) {
    copyFloats(cells + r * stride, to + (<usize>((first + r) * p.units) << 2), p.units);
  }
}

/** Clears the memories of rows that are reset before the step whose first row is `row`. */
export function resetCells(p: CfCPlan, l: LstmPlan, row: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    if (load<f32>(p.resets + ((row + r * p.steps) << 2)) != 0) {
      clearFloats(cellsOf(l) + (<usize>(r * p.padded) << 2), p.padded);
    }
  }
}

// @ts-ignore: decorator
@inline
function runs(p: CfCPlan, at: usize): bool {
  return !p.mask || load<f32>(p.mask + (at << 2)) != 0;
}

/**
 * Computes one step from the states `h`; returns the address of the outputs. Memories of skipped rows do not change.
 */
export function lstmForward(p: CfCPlan, l: LstmPlan, row: usize, rows: i32, h: usize): usize {
  const padded = p.padded, stride = <usize>padded << 2, wide = stride << 2, steps = p.steps;
  const cells = cellsOf(l), shown = shownOf(p, l, rows), z = shown + rows * stride;
  for (let r = 0; r < rows; r++) {
    const from = l.drives + (row + r * steps) * wide, to = z + r * wide;
    for (let at: usize = 0; at < wide; at += 16) {
      v128.store(to + at, f32x4.add(v128.load(from + at), v128.load(l.bias + at)));
    }
  }
  addProduct(rows, h, stride, l.recurrent, p.units, z, wide, 4 * padded);
  for (let r = 0; r < rows; r++) {
    const place = row + r * steps;
    if (l.consumed) {
      copyFloats(h + r * stride, l.consumed + place * stride, padded);
      copyFloats(cells + r * stride, l.before + place * stride, padded);
    }
    gate(l, z + r * wide, cells + r * stride, shown + r * stride, stride, place, runs(p, place));
  }
  return shown;
}

function gate(l: LstmPlan, z: usize, cell: usize, shown: usize, stride: usize, place: usize, taken: bool): void {
  const forget = f32x4.splat(l.forgetBias);
  const gates = l.gates ? l.gates + ((place * stride) << 2) : 0;
  const squashed = l.squashed + place * stride;
  for (let j: usize = 0; j < stride; j += 16) {
    const i = tanh(v128.load(z + j));
    const si = logistic(v128.load(z + stride + j));
    const sf = logistic(f32x4.add(v128.load(z + 2 * stride + j), forget));
    const so = logistic(v128.load(z + 3 * stride + j));
    const c = madd(v128.load(cell + j), sf, f32x4.mul(i, si));
    const squash = tanh(c);
    v128.store(shown + j, f32x4.mul(squash, so));
    if (taken) v128.store(cell + j, c);
    if (gates) {
      v128.store(gates + j, i);
      v128.store(gates + stride + j, si);
      v128.store(gates + 2 * stride + j, sf);
      v128.store(gates + 3 * stride + j, so);
      v128.store(squashed + j, squash);
    }
  }
}

/**
 * Backward pass of one step: from the gradients of the outputs, at {@link shownOf}, and of the memories to those of
 * the gates, the previous memories, and, added to the values at `next`, the states.
 */
export function lstmBackward(p: CfCPlan, l: LstmPlan, row: usize, rows: i32, next: usize): void {
  const padded = p.padded, stride = <usize>padded << 2, wide = stride << 2, steps = p.steps;
  const cells = cellsOf(l), shown = shownOf(p, l, rows);
  for (let r = 0; r < rows; r++) {
    const place = row + r * steps;
    const delta = l.delta + place * wide;
    if (runs(p, place)) ungate(l, shown + r * stride, cells + r * stride, delta, stride, place);
    else clearFloats(delta, 4 * padded);
  }
  addProduct(rows, l.delta + row * wide, steps * wide, l.transposed, 4 * padded, next, stride, padded);
}

function ungate(l: LstmPlan, shown: usize, cell: usize, delta: usize, stride: usize, place: usize): void {
  const one = f32x4.splat(1);
  const gates = l.gates + ((place * stride) << 2), squashed = l.squashed + place * stride;
  const before = l.before + place * stride;
  for (let j: usize = 0; j < stride; j += 16) {
    const i = v128.load(gates + j), si = v128.load(gates + stride + j);
    const sf = v128.load(gates + 2 * stride + j), so = v128.load(gates + 3 * stride + j);
    const squash = v128.load(squashed + j), dh = v128.load(shown + j);
    const slope = f32x4.sub(one, f32x4.mul(squash, squash));
    const dc = madd(f32x4.mul(dh, so), slope, v128.load(cell + j));
    const di = f32x4.mul(f32x4.mul(dc, si), f32x4.sub(one, f32x4.mul(i, i)));
    const dsi = f32x4.mul(f32x4.mul(dc, i), f32x4.mul(si, f32x4.sub(one, si)));
    const dsf = f32x4.mul(f32x4.mul(dc, v128.load(before + j)), f32x4.mul(sf, f32x4.sub(one, sf)));
    const dso = f32x4.mul(f32x4.mul(dh, squash), f32x4.mul(so, f32x4.sub(one, so)));
    v128.store(delta + j, di);
    v128.store(delta + stride + j, dsi);
    v128.store(delta + 2 * stride + j, dsf);
    v128.store(delta + 3 * stride + j, dso);
    v128.store(cell + j, f32x4.mul(dc, sf));
  }
}
