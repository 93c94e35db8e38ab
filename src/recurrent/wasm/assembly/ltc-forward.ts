/** Forward pass of the LTC over whole sequences. */

import { LTCPlan } from "./ltc-plan";
import {
  addSynapseCurrents, applyResets, base, gather, gatherInputs, rowOf, runningLanes, scatter, solverStep,
} from "./ltc-step";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Runs all sequences, four at a time; `plan` is an {@link LTCPlan}. */
export function ltcForward(plan: usize): void {
  const p = changetype<LTCPlan>(plan);
  for (let group = 0; 4 * group < p.batch; group++) forwardGroup(p, group);
}

function forwardGroup(p: LTCPlan, group: i32): void {
  const units = p.units, size = <usize>units << 4;
  const lanes = min(4, p.batch - 4 * group);
  // Work area: inputs | potentials | base n | base d | n | d
  const x = p.work, v = x + (<usize>p.inputs << 4);
  const n0 = v + size, d0 = n0 + size, n = d0 + size, d = n + size;
  const s0 = <usize>(4 * group), end = <usize>(p.batch - 1);
  gather(p.state, s0, min(s0 + 1, end), min(s0 + 2, end), min(s0 + 3, end), units, v);
  for (let step = 0; step < p.steps; step++) {
    applyResets(p, group, step, v);
    if (p.consumed) {
      memory.copy(p.consumed + <usize>(group * p.steps + step) * size, v, size);
    }
    const running = runningLanes(p, group, step);
    gatherInputs(p, group, step, running, x);
    base(p, x, n0, d0, 0);
    // If no time passes, nothing changes: a skipped step is one without time.
    const h = v128.and(solverStep(p, group, step), running);
    for (let unfold = 0; unfold < p.unfolds; unfold++) {
      addSynapseCurrents(units, p.innerFirst, p.innerSource, p.innerParameters, v, n0, d0, n, d, 0);
      let neuron = p.neurons;
      for (let i: usize = 0; i < size; i += 16) {
        const potential = v128.load(v + i), dense = v128.load(d + i);
        const denominator = madd(h, dense, v128.load32_splat(neuron, 8));
        let rate = f32x4.div(f32x4.sub(v128.load(n + i), f32x4.mul(dense, potential)), denominator);
        rate = v128.andnot(rate, f32x4.eq(denominator, f32x4.splat(0)));
        v128.store(v + i, madd(h, rate, potential));
        neuron += 16;
      }
    }
    scatter(
      v, p.outputs, rowOf(p, group, 0, step), rowOf(p, group, 1, step), rowOf(p, group, 2, step),
      rowOf(p, group, 3, step), units, lanes,
    );
  }
  scatter(v, p.last, s0, min(s0 + 1, end), min(s0 + 2, end), min(s0 + 3, end), units, lanes);
}
