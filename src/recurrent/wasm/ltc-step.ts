/** Single steps of an LTC on the compiled kernels, without tensors and without a backend. */

import { OwnMemory } from "tfjs-training/wasm";
import { kernelsOn } from "./kernels.js";
import {
  forwardWork,
  type LTCSizes,
  type LTCValues,
  ltcEnds,
  ltcPlanWords,
  placeParameters,
  writeLTCPlan,
  writeParameters,
} from "./ltc-layout.js";

/** One network with its weights and memory for one input and one state. */
export class LTCStep {
  /** Input `[inputs]`: fill it before calling {@link LTCStep.run}. */
  readonly x: Float32Array;
  /** State `[units]` before and after {@link LTCStep.run}. */
  readonly state: Float32Array;
  private readonly memory = new OwnMemory(kernelsOn);
  private readonly time: Float32Array;
  private readonly plan: number;

  constructor(sizes: LTCSizes, values: LTCValues) {
    const { memory } = this;
    const { inputs, units } = sizes;
    const take = (words: number) => memory.take(words);
    const ends = ltcEnds(sizes);
    const [x, state, times] = [take(inputs), take(units), take(1)];
    const parameters = placeParameters(sizes, ends, take);
    this.plan = take(ltcPlanWords);
    const [outputs, work] = [take(units), take(forwardWork(sizes))];
    writeParameters(memory.buffer, sizes, ends, values, parameters);
    writeLTCPlan(memory.buffer, this.plan, sizes, ends, parameters, {
      batch: 1,
      steps: 1,
      elapsed: 1,
      x,
      state,
      times,
      resets: 0,
      mask: 0,
      outputs,
      last: state,
      consumed: 0,
      work,
      dX: 0,
      dState: 0,
      dTimes: 0,
      dNeurons: 0,
      dInner: 0,
      dSensory: 0,
    });
    this.x = memory.floats(x, inputs);
    this.state = memory.floats(state, units);
    this.time = memory.floats(times, 1);
  }

  /** Replaces the state by the next one. */
  run(elapsed: number): void {
    this.time[0] = elapsed;
    this.memory.kernels.ltcForward(this.plan);
  }
}
