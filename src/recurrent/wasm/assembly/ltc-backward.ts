/** Backward pass of the LTC over whole sequences. */

import { LTCPlan } from "./ltc-plan";
import { addSynapseCurrents, base, gather, gatherInputs, rowOf, runningLanes, scatter, solverStep } from "./ltc-step";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/**
 * Runs all sequences, four at a time; `plan` is an {@link LTCPlan}. Each step is solved again from the state that it
 * consumed, so that only one step's synapses are kept. With `v' = v + h rate`, `rate = (n - d v) / D` and
 * `D = cm + h d`, a gradient `g` of `v'` gives, with `l = g h / D`:
 *
 *     n: l      d: -l v'      v: g cm / D      cm: -g h rate / D      h: g rate cm / D
 *
 * Work area, in vectors: `2 inputs + sensory + units (9 + 3 unfolds) + inner unfolds`.
 */
export function ltcBackward(plan: usize): void {
  const p = changetype<LTCPlan>(plan);
  for (let group = 0; 4 * group < p.batch; group++) backwardGroup(p, group);
}

function backwardGroup(p: LTCPlan, group: i32): void {
  const units = p.units, unfolds = p.unfolds, size = <usize>units << 4, all = size * unfolds;
  const lanes = min(4, p.batch - 4 * group);
  const x = p.work, dx = x + (<usize>p.inputs << 4), sensoryOpen = dx + (<usize>p.inputs << 4);
  const n0 = sensoryOpen + (<usize>p.sensory << 4), d0 = n0 + size, n = d0 + size, d = n + size;
  const g = d + size, dn = g + size, dd = dn + size, sumN = dd + size, sumD = sumN + size;
  const before = sumD + size, rates = before + all, denominators = rates + all, open = denominators + all;
  const openSize = <usize>p.inner << 4;
  const zero = f32x4.splat(0);
  const s0 = <usize>(4 * group), end = <usize>(p.batch - 1);
  gather(p.last, s0, min(s0 + 1, end), min(s0 + 2, end), min(s0 + 3, end), units, g);
  // Lanes without a sequence carry no gradient.
  const exists = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(lanes));
  maskVectors(g, units, exists);
  for (let step = p.steps - 1; step >= 0; step--) {
    const r0 = rowOf(p, group, 0, step), r1 = rowOf(p, group, 1, step);
    const r2 = rowOf(p, group, 2, step), r3 = rowOf(p, group, 3, step);
    const running = runningLanes(p, group, step);
    gather(p.outputs, r0, r1, r2, r3, units, n);
    for (let i: usize = 0; i < size; i += 16) {
      v128.store(g + i, f32x4.add(v128.load(g + i), v128.and(v128.load(n + i), exists)));
    }
    // Recompute the step.
    memory.copy(before, p.consumed + <usize>(group * p.steps + step) * size, size);
    gatherInputs(p, group, step, running, x);
    base(p, x, n0, d0, sensoryOpen);
    const h = v128.and(solverStep(p, group, step), running);
    for (let unfold = 0; unfold < unfolds; unfold++) {
      const place = <usize>unfold * size;
      addSynapseCurrents(
        units, p.innerFirst, p.innerSource, p.innerParameters, before + place, n0, d0, n, d,
        open + <usize>unfold * openSize,
      );
      let neuron = p.neurons;
      for (let i: usize = 0; i < size; i += 16) {
        const potential = v128.load(before + place + i), dense = v128.load(d + i);
        const denominator = madd(h, dense, v128.load32_splat(neuron, 8));
        let rate = f32x4.div(f32x4.sub(v128.load(n + i), f32x4.mul(dense, potential)), denominator);
        rate = v128.andnot(rate, f32x4.eq(denominator, zero));
        v128.store(rates + place + i, rate);
        v128.store(denominators + place + i, denominator);
        if (unfold + 1 < unfolds) v128.store(before + place + size + i, madd(h, rate, potential));
        neuron += 16;
      }
    }
    // Backward pass of the step.
    let dh = zero;
    clearVectors(sumN, units);
    clearVectors(sumD, units);
    for (let unfold = unfolds - 1; unfold >= 0; unfold--) {
      const place = <usize>unfold * size;
      let neuron = p.neurons, dNeuron = p.dNeurons;
      for (let i: usize = 0; i < size; i += 16) {
        const denominator = v128.load(denominators + place + i), rate = v128.load(rates + place + i);
        const cm = v128.load32_splat(neuron, 8), gradient = v128.load(g + i);
        const stuck = v128.or(f32x4.eq(denominator, zero), v128.not(running));
        const share = v128.andnot(f32x4.div(gradient, denominator), stuck);
        const dNumerator = f32x4.mul(share, h);
        const after = madd(h, rate, v128.load(before + place + i));
        const dDenominator = f32x4.neg(f32x4.mul(dNumerator, after));
        v128.store(dn + i, dNumerator);
        v128.store(dd + i, dDenominator);
        v128.store(sumN + i, f32x4.add(v128.load(sumN + i), dNumerator));
        v128.store(sumD + i, f32x4.add(v128.load(sumD + i), dDenominator));
        v128.store(dNeuron, f32x4.sub(v128.load(dNeuron, 32), f32x4.mul(dNumerator, rate)), 32);
        const passed = f32x4.mul(share, cm);
        dh = madd(passed, rate, dh);
        v128.store(g + i, v128.bitselect(gradient, passed, stuck));
        neuron += 16;
        dNeuron += 48;
      }
      addSynapseGradients(
        units, p.innerFirst, p.innerSource, p.innerParameters, before + place, dn, dd,
        open + <usize>unfold * openSize, p.dInner, g,
      );
    }
    let neuron = p.neurons, dNeuron = p.dNeurons;
    for (let i: usize = 0; i < size; i += 16) {
      const ofN = v128.load(sumN + i), ofD = v128.load(sumD + i);
      const dGleak = madd(ofN, v128.load32_splat(neuron, 4), ofD);
      v128.store(dNeuron, f32x4.add(v128.load(dNeuron), dGleak));
      v128.store(dNeuron, madd(ofN, v128.load32_splat(neuron), v128.load(dNeuron, 16)), 16);
      neuron += 16;
      dNeuron += 48;
    }
    clearVectors(dx, p.inputs);
    addSynapseGradients(
      units, p.sensoryFirst, p.sensorySource, p.sensoryParameters, x, sumN, sumD, sensoryOpen, p.dSensory, dx,
    );
    scatter(dx, p.dX, r0, r1, r2, r3, p.inputs, lanes);
    if (p.dTimes) {
      v128.store(dx, v128.and(f32x4.div(dh, f32x4.splat(<f32>unfolds)), running));
      scatter(dx, p.dTimes, r0, r1, r2, r3, 1, lanes);
    }
    if (p.resets) {
      const flags = gatherOne(p.resets, r0, r1, r2, r3);
      maskVectors(g, units, f32x4.eq(flags, zero));
    }
  }
  scatter(g, p.dState, s0, min(s0 + 1, end), min(s0 + 2, end), min(s0 + 3, end), units, lanes);
}

// From gradients of numerators and denominators to those of the synapses and of the presynaptic potentials.
function addSynapseGradients(
  units: i32, first: usize, source: usize, parameters: usize, v: usize, dn: usize, dd: usize,
  open: usize, sums: usize, dv: usize,
): void {
  const one = f32x4.splat(1);
  let k = load<i32>(first);
  for (let i: usize = 0; i < <usize>units << 4; i += 16) {
    first += 4;
    const end = load<i32>(first);
    const current = v128.load(dn + i), conductance = v128.load(dd + i);
    for (; k < end; k++) {
      const j = <usize>load<i32>(source);
      const s = v128.load(open);
      const w = v128.load32_splat(parameters);
      const dSynapseConductance = madd(current, v128.load32_splat(parameters, 12), conductance);
      const opened = f32x4.mul(dSynapseConductance, s);
      const du = f32x4.mul(f32x4.mul(opened, w), f32x4.sub(one, s));
      const steep = f32x4.mul(du, v128.load32_splat(parameters, 4));
      const difference = f32x4.sub(v128.load(v + j), v128.load32_splat(parameters, 8));
      v128.store(sums, f32x4.add(v128.load(sums), opened));
      v128.store(sums, madd(du, difference, v128.load(sums, 16)), 16);
      v128.store(sums, f32x4.sub(v128.load(sums, 32), steep), 32);
      v128.store(sums, madd(f32x4.mul(current, w), s, v128.load(sums, 48)), 48);
      v128.store(dv + j, f32x4.add(v128.load(dv + j), steep));
      source += 4;
      parameters += 16;
      open += 16;
      sums += 64;
    }
  }
}

function gatherOne(table: usize, r0: usize, r1: usize, r2: usize, r3: usize): v128 {
  let x = v128.load32_zero(table + (r0 << 2));
  x = v128.load_lane<f32>(table + (r1 << 2), x, 1);
  x = v128.load_lane<f32>(table + (r2 << 2), x, 2);
  return v128.load_lane<f32>(table + (r3 << 2), x, 3);
}

function clearVectors(at: usize, count: i32): void {
  for (const end = at + (<usize>count << 4); at < end; at += 16) v128.store(at, f32x4.splat(0));
}

function maskVectors(at: usize, count: i32, kept: v128): void {
  for (const end = at + (<usize>count << 4); at < end; at += 16) v128.store(at, v128.and(v128.load(at), kept));
}
