import { InvalidStateError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { StateRecord } from "../../src/core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../../src/envs/env.js";
import { Box, Discrete } from "../../src/spaces/index.js";

/** Script of a {@link FakeAtari}. Frames count from 1 within a game. */
export interface FakeAtariOptions {
  id?: string;
  /** Rows and columns, default 2 x 2. */
  size?: [number, number];
  /** Number of lives at the start, default 3. */
  lives?: number;
  /** Frames that cost a life; a frame listed twice costs two. */
  lifeLostAt?: number[];
  /** Number of frames after which the game is over, default 100. */
  length?: number;
  /** Frame that truncates the game. */
  truncatedAt?: number;
  actionMeanings?: readonly string[];
}

/**
 * A game with lives and RGB pixels. The first bytes of an observation are `[game, frame, action]`, the others
 * noise from the seed; the reward is the frame's number. It reuses its observation array.
 */
export class FakeAtari implements Env {
  readonly id: string;
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  readonly actionMeanings: readonly string[];
  /** All actions played, and `"reset"`, in order. */
  readonly log: (number | "reset")[] = [];
  /** Seeds passed to `reset`. */
  readonly seeds: (number | undefined)[] = [];
  private readonly pixels: Uint8Array;
  private random = new Random(0);
  private game = 0;
  private frame = 0;
  private lives = 0;
  private running = false;
  private closed = false;

  constructor(private readonly options: FakeAtariOptions = {}) {
    const [rows, columns] = options.size ?? [2, 2];
    this.id = options.id ?? "FakeNoFrameskip-v4";
    this.actionMeanings = options.actionMeanings ?? ["NOOP", "FIRE", "RIGHT", "LEFT"];
    this.actionSpace = new Discrete(this.actionMeanings.length);
    this.observationSpace = new Box({ low: 0, high: 255, shape: [rows, columns, 3], dtype: "uint8" });
    this.pixels = new Uint8Array(rows * columns * 3);
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    if (this.closed) throw new InvalidStateError("reset() after close()");
    this.log.push("reset");
    this.seeds.push(seed);
    if (seed !== undefined) {
      this.random = new Random(seed);
      this.game = 0;
    }
    this.game++;
    this.frame = 0;
    this.lives = this.options.lives ?? 3;
    this.running = true;
    return { observation: this.draw(0), info: { lives: this.lives, game: this.game } };
  }

  step(action: Action): StepResult {
    if (!this.running) throw new InvalidStateError("step() without reset()");
    this.log.push(action as number);
    this.frame++;
    const { lifeLostAt = [], length = 100, truncatedAt } = this.options;
    this.lives -= lifeLostAt.filter((frame) => frame === this.frame).length;
    const terminated = this.lives <= 0 || this.frame >= length;
    const truncated = !terminated && this.frame === truncatedAt;
    this.running = !terminated && !truncated;
    const info = { lives: Math.max(0, this.lives), frame: this.frame };
    return { observation: this.draw(action as number), reward: this.frame, terminated, truncated, info };
  }

  private draw(action: number): Uint8Array {
    for (let i = 3; i < this.pixels.length; i++) this.pixels[i] = this.random.uint32();
    this.pixels.set([this.game, this.frame, action]);
    return this.pixels;
  }

  render(): Frame {
    const [height, width] = this.observationSpace.shape;
    return { height, width, data: this.pixels.slice() };
  }

  close(): void {
    this.running = false;
    this.closed = true;
  }

  getState(): StateRecord {
    const { game, frame, lives, running } = this;
    return { game, frame, lives, running, random: this.random.getState() };
  }

  setState(state: StateRecord): void {
    this.game = state.game as number;
    this.frame = state.frame as number;
    this.lives = state.lives as number;
    this.running = state.running as boolean;
    this.random.setState(state.random as StateRecord);
  }
}

/** Plays `steps` fixed actions, resetting after each end, and records all results. */
export function play(env: Env, steps: number): unknown[] {
  return Array.from({ length: steps }, (_, i) => {
    const { observation, reward, terminated, truncated, info } = env.step(i % 4);
    const moment = { observation: [...observation], reward, terminated, truncated, info: { ...info } };
    if (!terminated && !truncated) return moment;
    const next = env.reset();
    return { ...moment, next: [...next.observation], nextInfo: { ...next.info } };
  });
}

/** Reads `[game, frame, action]` from an observation. */
export function shown({ observation }: { observation: ArrayLike<number> }): number[] {
  return [observation[0], observation[1], observation[2]];
}
