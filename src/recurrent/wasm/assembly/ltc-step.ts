/** One step of an LTC for four sequences, one in each lane. */

import { LTCPlan } from "./ltc-plan";
import { exp } from "../../../../packages/tfjs-training/src/wasm/assembly/math";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Row of the sequence in a lane; lanes after the last sequence repeat it. */
// @ts-ignore: decorator
@inline
export function rowOf(p: LTCPlan, group: i32, lane: i32, step: i32): usize {
  return <usize>(min(4 * group + lane, p.batch - 1) * p.steps + step);
}

/** Gathers one number of each sequence's row. */
export function lanesOf(p: LTCPlan, table: usize, group: i32, step: i32): v128 {
  let x = v128.load32_zero(table + (rowOf(p, group, 0, step) << 2));
  x = v128.load_lane<f32>(table + (rowOf(p, group, 1, step) << 2), x, 1);
  x = v128.load_lane<f32>(table + (rowOf(p, group, 2, step) << 2), x, 2);
  return v128.load_lane<f32>(table + (rowOf(p, group, 3, step) << 2), x, 3);
}

/** Mask with all ones in the lanes whose step is not skipped. */
export function runningLanes(p: LTCPlan, group: i32, step: i32): v128 {
  if (!p.mask) return i32x4.splat(-1);
  return f32x4.ne(lanesOf(p, p.mask, group, step), f32x4.splat(0));
}

/** Transposes four rows of `count` floats to `count` vectors; the rows begin at `table + index * count * 4`. */
export function gather(table: usize, i0: usize, i1: usize, i2: usize, i3: usize, count: i32, to: usize): void {
  const bytes = <usize>count << 2;
  const r0 = table + i0 * bytes, r1 = table + i1 * bytes, r2 = table + i2 * bytes, r3 = table + i3 * bytes;
  for (let at: usize = 0; at < bytes; at += 4) {
    let x = v128.load32_zero(r0 + at);
    x = v128.load_lane<f32>(r1 + at, x, 1);
    x = v128.load_lane<f32>(r2 + at, x, 2);
    v128.store(to + (at << 2), v128.load_lane<f32>(r3 + at, x, 3));
  }
}

/** Writes `count` vectors as rows of floats, for the lanes that have a sequence. */
export function scatter(
  from: usize, table: usize, i0: usize, i1: usize, i2: usize, i3: usize, count: i32, lanes: i32,
): void {
  const bytes = <usize>count << 2;
  const r0 = table + i0 * bytes, r1 = table + i1 * bytes, r2 = table + i2 * bytes, r3 = table + i3 * bytes;
  for (let at: usize = 0; at < bytes; at += 4) {
    const x = v128.load(from + (at << 2));
    v128.store_lane<f32>(r0 + at, x, 0);
    if (lanes > 1) v128.store_lane<f32>(r1 + at, x, 1);
    if (lanes > 2) v128.store_lane<f32>(r2 + at, x, 2);
    if (lanes > 3) v128.store_lane<f32>(r3 + at, x, 3);
  }
}

/** Loads the inputs of a step as vectors; those of skipped steps are zero. */
export function gatherInputs(p: LTCPlan, group: i32, step: i32, running: v128, to: usize): void {
  gather(
    p.x, rowOf(p, group, 0, step), rowOf(p, group, 1, step), rowOf(p, group, 2, step), rowOf(p, group, 3, step),
    p.inputs, to,
  );
  if (!p.mask) return;
  for (let i = 0; i < p.inputs; i++) {
    v128.store(to, v128.and(v128.load(to), running));
    to += 16;
  }
}

/** Clears the states that are reset before a step. */
export function applyResets(p: LTCPlan, group: i32, step: i32, v: usize): void {
  if (!p.resets) return;
  const kept = f32x4.eq(lanesOf(p, p.resets, group, step), f32x4.splat(0));
  for (let i = 0; i < p.units; i++) {
    v128.store(v, v128.and(v128.load(v), kept));
    v += 16;
  }
}

/**
 * Adds the currents of synapses to numerators `n` and denominators `d`, both starting from `n0` and `d0`; `open` (or
 * 0) receives the activation of each synapse.
 */
export function addSynapseCurrents(
  units: i32, first: usize, source: usize, parameters: usize, v: usize,
  n0: usize, d0: usize, n: usize, d: usize, open: usize,
): void {
  const one = f32x4.splat(1);
  let k = load<i32>(first);
  for (let i: usize = 0; i < <usize>units << 4; i += 16) {
    first += 4;
    const end = load<i32>(first);
    let current = v128.load(n0 + i), conductance = v128.load(d0 + i);
    for (; k < end; k++) {
      const potential = v128.load(v + load<i32>(source));
      const difference = f32x4.sub(v128.load32_splat(parameters, 8), potential);
      const s = f32x4.div(one, f32x4.add(one, exp(f32x4.mul(v128.load32_splat(parameters, 4), difference))));
      const synapseConductance = f32x4.mul(v128.load32_splat(parameters), s);
      conductance = f32x4.add(conductance, synapseConductance);
      current = madd(synapseConductance, v128.load32_splat(parameters, 12), current);
      if (open) {
        v128.store(open, s);
        open += 16;
      }
      source += 4;
      parameters += 16;
    }
    v128.store(n + i, current);
    v128.store(d + i, conductance);
  }
}

/** Computes leak and inputs: the common part of the numerators and denominators of all solver steps. */
export function base(p: LTCPlan, x: usize, n: usize, d: usize, open: usize): void {
  let neuron = p.neurons;
  for (let i: usize = 0; i < <usize>p.units << 4; i += 16) {
    const gleak = v128.load32_splat(neuron);
    v128.store(n + i, f32x4.mul(gleak, v128.load32_splat(neuron, 4)));
    v128.store(d + i, f32x4.add(gleak, f32x4.splat(p.epsilon)));
    neuron += 16;
  }
  addSynapseCurrents(p.units, p.sensoryFirst, p.sensorySource, p.sensoryParameters, x, n, d, n, d, open);
}

/** Length of one solver step. */
export function solverStep(p: LTCPlan, group: i32, step: i32): v128 {
  const time = p.times ? lanesOf(p, p.times, group, step) : f32x4.splat(p.elapsed);
  return f32x4.div(time, f32x4.splat(<f32>p.unfolds));
}
