import { InvalidStateError } from "../../src/core/errors.js";
import type { StateRecord, TypedArray } from "../../src/core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** Deviations of a {@link CountingEnv} from plain counting. */
export interface CountingOptions {
  /** Steps of an episode, default 3. */
  length?: number;
  /** Whether episodes end by truncation instead of termination. */
  truncates?: boolean;
  /** Called with the step of the episode before each step. */
  beforeStep?: (step: number) => void;
  /** Called before each reset with the number of resets so far. */
  beforeReset?: (resets: number) => void;
  /** Modifies each result. */
  change?: (result: StepResult, step: number) => StepResult;
}

/**
 * Its observation is `[seed, episode, step of the episode]`; the reward is `100 * episode + step`.
 * It reuses its observation array.
 */
export class CountingEnv implements Env {
  readonly id: string = "Counting-v0";
  readonly observationSpace: Box = new Box({ low: -1, high: 1e6, shape: [3] });
  readonly actionSpace: Env["actionSpace"] = new Discrete(4);
  readonly seen: Action[] = [];
  closed = 0;
  private readonly observation = new Float32Array(3);
  private seed = -1;
  private resets = 0;
  private steps = -1;

  constructor(protected readonly options: CountingOptions = {}) {}

  protected observe(): TypedArray {
    this.observation.set([this.seed, this.resets, this.steps]);
    return this.observation;
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    this.options.beforeReset?.(this.resets);
    if (seed !== undefined) {
      this.seed = seed;
      this.resets = 0;
    }
    this.resets++;
    this.steps = 0;
    return { observation: this.observe(), info: { fresh: true } };
  }

  step(action: Action): StepResult {
    if (this.steps < 0) throw new InvalidStateError("step() before reset()");
    this.options.beforeStep?.(this.steps + 1);
    this.seen.push(typeof action === "number" ? action : action.slice());
    this.steps++;
    const over = this.steps >= (this.options.length ?? 3);
    const result: StepResult = {
      observation: this.observe(),
      reward: 100 * this.resets + this.steps,
      terminated: over && !this.options.truncates,
      truncated: over && this.options.truncates === true,
      info: { at: this.steps },
    };
    return this.options.change?.(result, this.steps) ?? result;
  }

  render(): Frame {
    return { height: 1, width: 1, data: Uint8Array.of(this.seed, this.resets, this.steps) };
  }

  close(): void {
    this.closed++;
  }

  getState?(): StateRecord {
    return { seed: this.seed, resets: this.resets, steps: this.steps };
  }

  setState?(state: StateRecord): void {
    this.seed = state.seed as number;
    this.resets = state.resets as number;
    this.steps = state.steps as number;
  }
}
