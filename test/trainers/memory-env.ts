import { Random } from "../../src/core/random.js";
import type { Env, ResetOptions, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** Shows a bit at the first step and rewards the action that repeats it three steps later. */
export class MemoryEnv implements Env {
  readonly id = "Memory-v0";
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly actionSpace = new Discrete(2);
  private random = new Random(0);
  private bit = 0;
  private time = 0;

  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.random = new Random(seed);
    this.bit = this.random.integer(2);
    this.time = 0;
    return { observation: Float32Array.of(2 * this.bit - 1), info: {} };
  }

  step(action: number): StepResult {
    this.time++;
    const terminated = this.time === 3;
    const reward = terminated && action === this.bit ? 1 : 0;
    const info = terminated ? { episode: { return: reward, length: 3 } } : {};
    return { observation: Float32Array.of(0), reward, terminated, truncated: false, info };
  }

  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }

  close(): void {}
}
