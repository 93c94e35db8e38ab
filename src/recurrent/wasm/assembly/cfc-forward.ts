/** Forward pass of the CfC over whole sequences. */

import { activate } from "./cfc-activation";
import { CfCLayer, CfCPlan, layerAt } from "./cfc-plan";
import { addProduct, blockRows, clearFloats, copyFloats } from "./cfc-product";
import { LstmPlan } from "./lstm-plan";
import { loadCells, lstmForward, resetCells, storeCells } from "./lstm-step";
import { exp, logistic, tanh } from "../../../../packages/tfjs-training/src/wasm/assembly/math";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Runs all sequences, up to 32 at a time, each from its first step to its last; `plan` is a {@link CfCPlan}. */
export function cfcForward(plan: usize): void {
  const p = changetype<CfCPlan>(plan);
  for (let first = 0; first < p.batch;) {
    const rows = blockRows(p.batch - first);
    forwardBlock(p, first, rows);
    first += rows;
  }
}

function forwardBlock(p: CfCPlan, first: i32, rows: i32): void {
  const steps = p.steps, units = p.units, padded = p.padded, backbone = p.layers - 1;
  const stride = <usize>padded << 2;
  let widest = 0;
  for (let i = 0; i < p.layers; i++) widest = max(widest, layerAt(p, i).width);
  const h = p.work, ping = h + rows * stride, pong = ping + (<usize>(rows * widest) << 2);
  clearFloats(h, rows * padded);
  for (let r = 0; r < rows; r++) {
    copyFloats(p.state + (<usize>((first + r) * units) << 2), h + r * stride, units);
  }
  const l = changetype<LstmPlan>(p.lstm);
  if (p.lstm) loadCells(p, l, l.first, first, rows);
  for (let step = 0; step < steps; step++) {
    const row = <usize>(first * steps + step);
    if (p.resets) {
      for (let r = 0; r < rows; r++) {
        if (load<f32>(p.resets + ((row + r * steps) << 2)) != 0) clearFloats(h + r * stride, padded);
      }
      if (p.lstm) resetCells(p, l, row, rows);
    }
    const own = p.lstm ? lstmForward(p, l, row, rows, h) : h;
    if (p.consumed) {
      for (let r = 0; r < rows; r++) {
        copyFloats(own + r * stride, p.consumed + (((row + r * steps) * padded) << 2), padded);
      }
    }
    let z = ping, spare = pong;
    const base = layerAt(p, 0);
    preActivate(p, base, row, rows, own, z);
    for (let l = 0; l < backbone; l++) {
      const layer = layerAt(p, l), next = layerAt(p, l + 1);
      const width = layer.width, bytes = <usize>width << 2;
      for (let r = 0; r < rows; r++) {
        const place = ((row + r * steps) * width) << 2;
        activate(
          p.activation, z + r * bytes, layer.dropout ? layer.dropout + place : 0,
          layer.u ? layer.u + place : 0, layer.z ? layer.z + place : 0, width,
        );
        copyFloats(next.bias, spare + ((<usize>(r * next.width)) << 2), next.width);
      }
      addProduct(rows, z, bytes, next.kernel, next.terms, spare, <usize>next.width << 2, next.width);
      const done = z;
      z = spare;
      spare = done;
    }
    for (let r = 0; r < rows; r++) {
      const at = row + r * steps, state = h + r * stride;
      const runs = !p.mask || load<f32>(p.mask + (at << 2)) != 0;
      const time = p.times ? load<f32>(p.times + (at << 2)) : p.elapsed;
      if (p.mode == 2) mixPure(p, z + r * stride, state, at, time, runs);
      else mix(p, z + <usize>(r * p.heads) * stride, state, at, time, runs);
      copyFloats(state, p.outputs + ((at * units) << 2), units);
    }
  }
  for (let r = 0; r < rows; r++) {
    copyFloats(h + r * stride, p.last + (<usize>((first + r) * units) << 2), units);
  }
  if (p.lstm) storeCells(p, l, l.last, first, rows);
}

// Bias, inputs and states through the first layer.
function preActivate(p: CfCPlan, layer: CfCLayer, row: usize, rows: i32, h: usize, z: usize): void {
  const width = layer.width, bytes = <usize>width << 2, steps = p.steps;
  for (let r = 0; r < rows; r++) {
    const to = z + r * bytes;
    if (p.drives) {
      const from = p.drives + (row + r * steps) * bytes;
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(to + at, f32x4.add(v128.load(from + at), v128.load(layer.bias + at)));
      }
    } else copyFloats(layer.bias, to, width);
  }
  if (!p.drives) {
    const size = <usize>p.features << 2;
    addProduct(rows, p.x + row * size, steps * size, layer.inputs, p.features, z, bytes, width);
  }
  addProduct(rows, h, <usize>p.padded << 2, layer.kernel, layer.terms, z, bytes, width);
}

function mix(p: CfCPlan, q: usize, h: usize, at: usize, time: f32, runs: bool): void {
  const bytes = <usize>p.padded << 2;
  const factor = f32x4.splat(p.bounded ? time : -time);
  const kept = p.heads == 4 ? 4 : 3;
  const parts = p.parts ? p.parts + at * kept * bytes : 0;
  for (let j: usize = 0; j < bytes; j += 16) {
    let f = v128.load(q + j), g = v128.load(q + bytes + j), gate = v128.load(q + 2 * bytes + j);
    const a = gate;
    if (kept == 4) gate = madd(a, factor, v128.load(q + 3 * bytes + j));
    if (p.bounded) {
      f = tanh(f);
      g = tanh(g);
    }
    const s = logistic(gate);
    if (parts) {
      v128.store(parts + j, f);
      v128.store(parts + bytes + j, g);
      v128.store(parts + 2 * bytes + j, s);
      if (kept == 4) v128.store(parts + 3 * bytes + j, a);
    }
    if (runs) v128.store(h + j, madd(s, p.mode == 0 ? f32x4.sub(g, f) : g, f));
  }
  // In the padding only the gate is not zero, and it is multiplied with zeros.
}

function mixPure(p: CfCPlan, q: usize, h: usize, at: usize, time: f32, runs: bool): void {
  const bytes = <usize>p.padded << 2;
  const factor = f32x4.splat(-time);
  const parts = p.parts ? p.parts + at * 2 * bytes : 0;
  for (let j: usize = 0; j < bytes; j += 16) {
    const f = v128.load(q + j);
    const rate = f32x4.add(f32x4.abs(v128.load(p.wTau + j)), f32x4.abs(f));
    const decay = exp(f32x4.mul(factor, rate));
    if (parts) {
      v128.store(parts + j, f);
      v128.store(parts + bytes + j, decay);
    }
    if (runs) {
      const a = v128.load(p.a + j);
      v128.store(h + j, f32x4.mul(a, f32x4.sub(f32x4.splat(1), f32x4.mul(decay, f))));
    }
  }
}
