import type { Env, ResetOptions, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** An environment that takes a level at reset, and has additional fields and methods. */
export class LevelEnv implements Env {
  readonly id = "Level-v0";
  readonly observationSpace = new Box({ low: 0, high: 1, shape: [1] });
  readonly actionSpace = new Discrete(2);
  hardness = 0;
  handler = () => this.hardness;

  double(value: number): number {
    return 2 * value;
  }

  reset({ options }: ResetOptions = {}): ResetResult {
    return { observation: new Float32Array(1), info: { level: Number(options?.level ?? 0) } };
  }

  step(): StepResult {
    const info = { hardness: this.hardness };
    return { observation: new Float32Array(1), reward: 0, terminated: false, truncated: false, info };
  }

  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }

  close(): void {}
}

export function makeLevel(): LevelEnv {
  return new LevelEnv();
}
