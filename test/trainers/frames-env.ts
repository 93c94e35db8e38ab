/** Environments with random frames, for tests of convolutions. */

import { Random } from "../../src/core/random.js";
import type { StateRecord } from "../../src/core/state.js";
import type { Action, Env, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

const shape = [44, 44, 4];

/** Episodes of five steps; the first action gives a reward of 1. */
export class FramesEnv implements Env {
  readonly id = "Frames";
  readonly observationSpace = new Box({ low: 0, high: 255, shape, dtype: "uint8" });
  readonly actionSpace = new Discrete(3);
  private random = new Random(0);
  private steps = 0;

  reset({ seed }: { seed?: number } = {}): ResetResult {
    if (seed !== undefined) this.random = new Random(seed);
    this.steps = 0;
    return { observation: this.frame(), info: {} };
  }

  step(action: Action): StepResult {
    this.steps++;
    const terminated = this.steps === 5;
    return {
      observation: this.frame(),
      reward: Number(action === 0),
      terminated,
      truncated: false,
      info: {},
    };
  }

  render(): never {
    throw new Error("nothing to see");
  }

  close(): void {}

  getState(): StateRecord {
    return { steps: this.steps, random: this.random.getState() };
  }

  setState({ steps, random }: StateRecord): void {
    this.steps = steps as number;
    this.random.setState(random as StateRecord);
  }

  private frame(): Uint8Array {
    return Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => this.random.uint32() & 255);
  }
}
