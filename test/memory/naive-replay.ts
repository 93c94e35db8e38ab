/** A replay memory that stores everything in lists, as a reference for the real one. */

import { Random } from "../../src/core/random.js";
import type { ReplayMemory } from "../../src/memory/index.js";

/** One step with the data to compare. */
export interface PlayedStep {
  /** Numbers of the frames in its stack, oldest first. */
  stack: number[];
  /** Numbers of the frames in the next stack. */
  next: number[];
  /** Its number over all environments; also its action. */
  id: number;
  /** Its reward. */
  reward: number;
  /** Whether the episode terminated. */
  terminated: boolean;
  /** Whether the episode was truncated. */
  truncated: boolean;
  /** How many frames its environment had shown when its own first frame and its last one came. */
  frames: [oldest: number, newest: number];
}

/** An expected transition. */
export interface ExpectedTransition {
  /** Frames of the observation. */
  stack: number[];
  /** Frames of the observation after at most n steps. */
  next: number[];
  /** Sum of rewards. */
  reward: number;
  /** Discount of the next value. */
  discount: number;
}

/** Adds random episodes to a memory and keeps a list of all steps. */
export class NaiveReplay {
  readonly steps: PlayedStep[][];
  private readonly episodes: { frames: number[]; first: number }[];
  private readonly shown: number[];
  private readonly random: Random;
  private nextFrame = 0;
  private nextStep = 0;

  constructor(
    private readonly memory: ReplayMemory,
    private readonly frame: (number: number) => number[],
    seed: number,
  ) {
    this.random = new Random(seed);
    const { numEnvs } = memory;
    this.steps = Array.from({ length: numEnvs }, () => []);
    this.shown = new Array(numEnvs).fill(0);
    this.episodes = Array.from({ length: numEnvs }, (_, env) => this.begin(env));
  }

  /** One random step of a random environment; sometimes it ends an episode. */
  play(endProbability: number): void {
    const env = this.random.integer(this.memory.numEnvs);
    const episode = this.episodes[env];
    if (this.random.uniform() < endProbability / 10) {
      const last = this.steps[env].at(-1);
      if (last && episode.frames.length > 1) last.truncated = true;
      this.episodes[env] = this.begin(env); // abandoned in the middle
      return;
    }
    const stack = this.stackOf(episode.frames);
    const oldest = Math.max(episode.first, this.shown[env] - this.memory.numStack);
    const number = this.nextFrame++;
    episode.frames.push(number);
    this.shown[env]++;
    const next = this.stackOf(episode.frames);
    const ended = this.random.uniform() < endProbability;
    const terminated = ended && this.random.uniform() < 0.6;
    const truncated = ended && (!terminated || this.random.uniform() < 0.3);
    const step = { stack, next, id: this.nextStep++, reward: this.random.normal(), terminated, truncated };
    this.steps[env].push({ ...step, frames: [oldest, this.shown[env] - 1] });
    const { id: action, reward } = step;
    this.memory.add(env, { action, reward, nextObservation: this.join(next), terminated, truncated });
    if (ended) this.episodes[env] = this.begin(env);
  }

  /** All transitions that can be sampled, by the number of their first step. */
  ready(): Map<number, ExpectedTransition> {
    const { nStep, gamma, slotsPerEnv } = this.memory;
    const found = new Map<number, ExpectedTransition>();
    this.steps.forEach((steps, env) => {
      steps.forEach(({ id, stack, frames: [oldest] }, i) => {
        if (oldest < this.shown[env] - slotsPerEnv) return;
        let [reward, discount] = [0, 1];
        for (let n = 0; n < nStep && i + n < steps.length; n++) {
          const { terminated, truncated, next, reward: own } = steps[i + n];
          reward += discount * own;
          discount *= gamma;
          if (n < nStep - 1 && !terminated && !truncated) continue;
          found.set(id, { stack, next, reward, discount: terminated ? 0 : discount });
          return;
        }
      });
    });
    return found;
  }

  /** Observation made of a stack: frames along the last axis. */
  join(stack: number[]): Int32Array {
    const frames = stack.map(this.frame);
    return Int32Array.from(frames[0].flatMap((_, pixel) => frames.map((frame) => frame[pixel])));
  }

  private begin(env: number): { frames: number[]; first: number } {
    const number = this.nextFrame++;
    const first = this.shown[env]++;
    this.memory.start(env, this.join(this.stackOf([number])));
    return { frames: [number], first };
  }

  private stackOf(frames: number[]): number[] {
    const { numStack: k } = this.memory;
    return Array.from({ length: k }, (_, i) => frames[Math.max(0, frames.length - k + i)]);
  }
}
