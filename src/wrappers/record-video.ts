/** Records videos of episodes. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, Frame, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** One recorded episode. */
export interface RecordedEpisode {
  /** Number of the episode, from 0. */
  episode: number;
  /** Sum of the rewards of the wrapped environment. */
  return: number;
  /** Number of steps played. */
  length: number;
  /** Frames, the first after `reset`. */
  frames: Frame[];
  /** Whether the recording was cut because `maxFrames` was reached. */
  cut: boolean;
}

/** Options of {@link RecordVideo}. */
export interface RecordVideoOptions {
  /** Receives each recorded episode; `gifWriter` of `ncps-ts/node` writes it to a file. */
  onEpisode: (recorded: RecordedEpisode) => void;
  /**
   * Which episodes are recorded, default Gymnasium's: cubes (0, 1, 8, 27, ...) below 1000, then every
   * thousandth.
   */
  episodeTrigger?: (episode: number) => boolean;
  /** Steps between recorded frames, default 1. */
  frameInterval?: number;
  /**
   * Maximum number of frames per recording, default 5000 (500 MB of Atari frames); the rest of the episode is not
   * recorded.
   */
  maxFrames?: number;
}

/**
 * Records complete episodes as frames (Gymnasium's `RecordVideo`). An episode restored from a state in
 * its middle is not recorded.
 *
 * @example
 * ```ts
 * const env = new RecordVideo(make("Arcade/Breakout-v0"), {
 *   episodeTrigger: (episode) => episode % 100 === 0,
 *   onEpisode: gifWriter({ directory: "videos" }),
 * });
 * ```
 */
export class RecordVideo extends Wrapper {
  private episode = -1;
  private recorded?: RecordedEpisode;

  /** @throws InvalidArgumentError when `frameInterval` or `maxFrames` is not a positive integer */
  constructor(
    env: Env,
    private readonly options: RecordVideoOptions,
  ) {
    super(env);
    if (new.target === RecordVideo)
      checkOptions("RecordVideo", options, ["onEpisode", "episodeTrigger", "frameInterval", "maxFrames"]);
    const { frameInterval, maxFrames } = options;
    for (const [name, value] of Object.entries({ frameInterval, maxFrames })) {
      if (value !== undefined) checkInteger(name, value);
    }
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    this.finish();
    const result = super.reset(options);
    this.episode++;
    const { episodeTrigger = cubes } = this.options;
    if (episodeTrigger(this.episode)) {
      this.recorded = { episode: this.episode, return: 0, length: 0, frames: [], cut: false };
      this.shoot(this.recorded);
    }
    return result;
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const result = super.step(action);
    const { recorded } = this;
    if (recorded) {
      recorded.return += result.reward;
      recorded.length++;
      const ended = result.terminated || result.truncated;
      if (ended || recorded.length % (this.options.frameInterval ?? 1) === 0) this.shoot(recorded);
      if (ended) this.finish();
    }
    return result;
  }

  /** Passes the recording of an unfinished episode to `onEpisode`, and closes the environment. */
  override close(): void {
    try {
      this.finish();
    } finally {
      super.close();
    }
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { episode: this.episode };
  }

  /** @inheritDoc */
  protected override setOwnState(state: StateRecord): void {
    if (typeof state.episode !== "number") {
      throw new InvalidArgumentError("state", "expected { episode } of RecordVideo");
    }
    this.episode = state.episode;
    this.recorded = undefined;
  }

  private shoot(recorded: RecordedEpisode): void {
    const { maxFrames = 5000 } = this.options;
    if (recorded.frames.length === maxFrames) {
      recorded.cut = true;
      return;
    }
    const { height, width, data } = this.env.render();
    recorded.frames.push({ height, width, data: data.slice() });
  }

  private finish(): void {
    const { recorded } = this;
    this.recorded = undefined;
    if (recorded && recorded.length > 0) this.options.onEpisode(recorded);
  }
}

function cubes(episode: number): boolean {
  return episode < 1000 ? Number.isInteger(Math.cbrt(episode)) : episode % 1000 === 0;
}
