/** An environment that plays what was recorded from Gymnasium 1.4: `NormalizeReward` around `NormalizeObservation`. */

import type { Env, StepResult } from "../../src/envs/env.js";
import { Box } from "../../src/spaces/index.js";
import trace from "./normalize-trace.json";

/** Plays a recording; terminates at the given steps, otherwise is truncated as the recording was. */
export class Recording implements Env {
  readonly id = "Recording-v0";
  readonly observationSpace = new Box({ low: -8, high: 8, shape: [3] });
  readonly actionSpace = new Box({ low: -2, high: 2, shape: [1] });
  private moment = 0;
  private steps = 0;
  constructor(private readonly terminates = false) {}
  private observe() {
    return Float32Array.from(trace.rawObservations[this.moment++]);
  }
  reset() {
    return { observation: this.observe(), info: {} };
  }
  step(): StepResult {
    const ended = trace.truncated[this.steps] === 1;
    return {
      reward: trace.rawRewards[this.steps++],
      observation: this.observe(),
      terminated: ended && this.terminates,
      truncated: ended && !this.terminates,
      info: {},
    };
  }
  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }
  close() {}
}
