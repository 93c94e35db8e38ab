/** Counts scores and lengths of complete games in a batch. */

import type { BatchRecord } from "./batch.js";
import type { AtariVectorInfo } from "./vector-types.js";

/** Tracks the score and the frame number of every game. */
export class EpisodeCounter {
  private readonly returns: Float64Array;
  private readonly lengths: Float64Array;
  private readonly frames: Int32Array;
  private readonly episodeFrames: Int32Array;
  private readonly lives: Int32Array;

  /**
   * @param nextStep whether a new game starts in the step after the end instead of the same one
   * @param lifeLossInfo whether a lost life is reported as an end
   */
  constructor(
    numEnvs: number,
    private readonly nextStep: boolean,
    private readonly lifeLossInfo: boolean,
  ) {
    this.returns = new Float64Array(numEnvs);
    this.lengths = new Float64Array(numEnvs);
    this.frames = new Int32Array(numEnvs);
    this.episodeFrames = new Int32Array(numEnvs);
    this.lives = new Int32Array(numEnvs);
  }

  /** All games start from the beginning; those outside the batch are tracked from their first step on. */
  reset(): void {
    this.returns.fill(0);
    this.lengths.fill(0);
    this.frames.fill(-1);
  }

  /** Whether a game has been in a batch since the reset. */
  hasPlayed(game: number): boolean {
    return this.frames[game] >= 0;
  }

  /** Information about the `k`-th game of a batch after a reset. */
  start(batch: BatchRecord, k: number): AtariVectorInfo {
    const envId = batch.envIds[k];
    this.frames[envId] = batch.frames[k];
    this.episodeFrames[envId] = batch.episodeFrames[k];
    this.lives[envId] = batch.lives[k];
    return {
      envId,
      lives: batch.lives[k],
      frameNumber: batch.frames[k],
      episodeFrameNumber: batch.episodeFrames[k],
    };
  }

  /**
   * Information about the `k`-th game of a batch after a step, and whether a new game has started. With
   * `lifeLossInfo` a game may be reported as ended and continue.
   */
  step(batch: BatchRecord, k: number): { info: AtariVectorInfo; restarted: boolean } {
    const envId = batch.envIds[k];
    const [frames, episodeFrames, lives] = [this.frames[envId], this.episodeFrames[envId], this.lives[envId]];
    const info = this.start(batch, k);
    if (frames < 0) return { info, restarted: true }; // its first result, which is a reset
    const ended = batch.terminated[k] === 1 || batch.truncated[k] === 1;
    // The frames of a continuing game increase like the ROM's do.
    const restarted = batch.frames[k] - frames !== batch.episodeFrames[k] - episodeFrames;
    if (this.nextStep) {
      if (restarted) this.clear(envId);
      else this.count(envId, batch.rewards[k]);
      const lifeLost = this.lifeLossInfo && batch.lives[k] > 0 && batch.lives[k] < lives;
      if (ended && !(lifeLost && batch.truncated[k] === 0)) info.episode = this.episode(envId);
      return { info, restarted };
    }
    this.count(envId, batch.rewards[k]);
    if (!restarted) return { info, restarted };
    const played = batch.frames[k] - frames - batch.episodeFrames[k];
    const { lives: _, ...rest } = info;
    const last = { frameNumber: frames + played, episodeFrameNumber: episodeFrames + played };
    const episode = this.episode(envId);
    this.clear(envId);
    return { info: { ...rest, ...last, episode }, restarted };
  }

  private episode(envId: number): { return: number; length: number } {
    return { return: this.returns[envId], length: this.lengths[envId] };
  }

  private count(envId: number, reward: number): void {
    this.returns[envId] += reward;
    this.lengths[envId]++;
  }

  private clear(envId: number): void {
    this.returns[envId] = 0;
    this.lengths[envId] = 0;
  }
}
