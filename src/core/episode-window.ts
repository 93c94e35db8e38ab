/** Statistics of the last episodes. */

import { checkInteger } from "./check-integer.js";
import { checkOptions, optionNames } from "./check-options.js";
import { InvalidArgumentError } from "./errors.js";
import type { Stateful, StateRecord, StateTree } from "./state.js";

/** Options of {@link EpisodeWindow}. */
export interface EpisodeWindowOptions {
  /** Number of episodes that the means cover, default 100. */
  size?: number;
}

const names = optionNames<EpisodeWindowOptions>({
  size: true,
});

/**
 * Mean return and mean length of the last episodes: `rollout/ep_rew_mean` and `rollout/ep_len_mean`, and the share of
 * successes: `rollout/success_rate`.
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
  // 1 and 0, oldest first, at most as many as the window is long; empty if no environment reports success.
  private readonly successes: number[] = [];

  /** @throws InvalidArgumentError when the size is not a positive integer */
  constructor(options: EpisodeWindowOptions = {}) {
    if (new.target === EpisodeWindow) checkOptions("EpisodeWindow", options, names);
    const { size = 100 } = options;
    checkInteger("size", size);
    this.returns = new Float64Array(size);
    this.lengths = new Float64Array(size);
  }

  /** Adds a finished episode: its undiscounted return and its number of steps. */
  add(episode: { readonly return: number; readonly length: number }): void {
    const at = this.episodes % this.returns.length;
    this.returns[at] = episode.return;
    this.lengths[at] = episode.length;
    this.episodes++;
  }

  /** Adds whether an episode succeeded. */
  addSuccess(success: boolean): void {
    this.successes.push(success ? 1 : 0);
    if (this.successes.length > this.returns.length) this.successes.shift();
  }

  /** Removes all episodes. */
  clear(): void {
    this.episodes = 0;
    this.successes.length = 0;
    this.returns.fill(0);
    this.lengths.fill(0);
  }

  /** Share of successes among the last episodes that reported it; NaN while there is none. */
  get successRate(): number {
    return this.successes.reduce((sum, success) => sum + success, 0) / this.successes.length;
  }

  /** Total number of episodes, including those that are no longer in the window. */
  get count(): number {
    return this.episodes;
  }

  /** Return of an episode, counted from 0; NaN when it is not in the window. */
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
    const { episodes, returns, lengths, successes } = this;
    return {
      episodes,
      returns: returns.slice(),
      lengths: lengths.slice(),
      // Omitted if no environment reports success, as in older checkpoints.
      ...(successes.length > 0 && { successes: [...successes] }),
    };
  }

  /** @inheritDoc */
  setState({ episodes, returns, lengths, successes = null }: StateRecord): void {
    const fits = (array: unknown): array is Float64Array =>
      array instanceof Float64Array && array.length === this.returns.length;
    const reported = successes === null || this.areSuccesses(successes);
    const counted = Number.isSafeInteger(episodes) && (episodes as number) >= 0;
    if (!counted || !fits(returns) || !fits(lengths) || !reported) {
      throw new InvalidArgumentError(
        "state",
        `expected { episodes: a count, returns and lengths: Float64Array(${this.returns.length}) }. Was it saved from a window of another size?`,
      );
    }
    const listed = Array.isArray(successes) && successes.length <= this.returns.length;
    if (successes !== null && !(listed && successes.every((each) => each === 0 || each === 1))) {
      throw new InvalidArgumentError(
        "state",
        `successes: expected null or a list of at most ${this.returns.length} numbers that are 0 or 1`,
      );
    }
    this.episodes = episodes as number;
    this.returns.set(returns);
    this.lengths.set(lengths);
    this.successes.splice(0, this.successes.length, ...((successes as number[] | null) ?? []));
  }

  private areSuccesses(value: StateTree): boolean {
    if (!Array.isArray(value) || value.length > this.returns.length) return false;
    return value.every((each) => each === 0 || each === 1);
  }
}

/** A saved state of {@link EpisodeWindow} with the field added that it lacks if no environment reported success. */
export function withSuccesses(state: StateTree): StateTree {
  const record = typeof state === "object" && state !== null && "episodes" in state;
  return record ? { successes: null, ...(state as StateRecord) } : state;
}
