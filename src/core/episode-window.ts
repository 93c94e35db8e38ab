/** Statistics of the last episodes. */

import { checkInteger } from "./check-integer.js";
import { InvalidArgumentError } from "./errors.js";
import type { Stateful, StateRecord } from "./state.js";

/** Options of {@link EpisodeWindow}. */
export interface EpisodeWindowOptions {
  /** How many of the last episodes the means cover, default 100. */
  size?: number;
}

/**
 * Mean return and mean length of the last episodes: the numbers behind `rollout/ep_rew_mean` and
 * `rollout/ep_len_mean`.
 *
 * @example
 * ```ts
 * const window = new EpisodeWindow();
 * window.add({ return: 21, length: 300 });
 * window.meanReturn; // 21
 * ```
 */
export class EpisodeWindow implements Stateful {
  private readonly returns: Float64Array;
  private readonly lengths: Float64Array;
  private episodes = 0;

  /** @throws InvalidArgumentError when the size is not a positive integer */
  constructor({ size = 100 }: EpisodeWindowOptions = {}) {
    checkInteger("size", size);
    this.returns = new Float64Array(size);
    this.lengths = new Float64Array(size);
  }

  /** Takes in one finished episode: its undiscounted return and its number of steps. */
  add(episode: { readonly return: number; readonly length: number }): void {
    const at = this.episodes % this.returns.length;
    this.returns[at] = episode.return;
    this.lengths[at] = episode.length;
    this.episodes++;
  }

  /** Number of all episodes taken in, also of those that the window has forgotten. */
  get count(): number {
    return this.episodes;
  }

  /** Return of an episode, counted from 0; NaN when the window does not hold it. */
  returnOf(episode: number): number {
    const { length } = this.returns;
    const held = episode < this.episodes && episode >= Math.max(0, this.episodes - length);
    return held ? this.returns[episode % length] : Number.NaN;
  }

  /** Mean return of the episodes in the window; NaN while there is none. */
  get meanReturn(): number {
    return this.mean(this.returns);
  }

  /** Mean number of steps of the episodes in the window; NaN while there is none. */
  get meanLength(): number {
    return this.mean(this.lengths);
  }

  private mean(values: Float64Array): number {
    const n = Math.min(this.episodes, values.length);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[i];
    return sum / n;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { episodes: this.episodes, returns: this.returns.slice(), lengths: this.lengths.slice() };
  }

  /** @inheritDoc */
  setState({ episodes, returns, lengths }: StateRecord): void {
    const fits = (array: unknown): array is Float64Array =>
      array instanceof Float64Array && array.length === this.returns.length;
    if (!Number.isSafeInteger(episodes) || !((episodes as number) >= 0) || !fits(returns) || !fits(lengths)) {
      throw new InvalidArgumentError(
        "state",
        `expected { episodes: a count, returns and lengths: Float64Array(${this.returns.length}) }. Was it saved from a window of another size?`,
      );
    }
    this.episodes = episodes as number;
    this.returns.set(returns);
    this.lengths.set(lengths);
  }
}
