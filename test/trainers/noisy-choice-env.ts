/** Sutton and Barto's example 6.7: maximisation bias over many noisy rewards. */

import { Random } from "../../src/core/random.js";
import type { StateRecord } from "../../src/core/state.js";
import type { Action, Env, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** From the first state every action leads to the second one; there every action gives N(-0.1, 1) and terminates. */
export class NoisyChoiceEnv implements Env {
  readonly id = "NoisyChoice";
  readonly observationSpace = new Box({ low: 0, high: 1, shape: [2] });
  readonly actionSpace = new Discrete(8);
  private random = new Random(0);
  private place = 0;

  reset({ seed }: { seed?: number } = {}): ResetResult {
    if (seed !== undefined) this.random = new Random(seed);
    this.place = 0;
    return { observation: Float32Array.of(1, 0), info: {} };
  }

  step(_action: Action): StepResult {
    this.place++;
    const reward = this.place === 2 ? this.random.normal(-0.1, 1) : 0;
    return {
      observation: Float32Array.of(0, 1),
      reward,
      terminated: this.place === 2,
      truncated: false,
      info: {},
    };
  }

  render(): never {
    throw new Error("nothing to see");
  }

  close(): void {}

  getState(): StateRecord {
    return { place: this.place, random: this.random.getState() };
  }

  setState({ place, random }: StateRecord): void {
    this.place = place as number;
    this.random.setState(random as StateRecord);
  }
}
