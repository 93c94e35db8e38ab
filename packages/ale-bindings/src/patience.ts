/** Limits of waiting that do not run while the whole program stands still, as after Ctrl+Z. */

const [SHORTEST, LONGEST] = [5, 250];

/** Milliseconds between two looks of somebody who waits for at most `limit`. */
export function pauseFor(limit: number): number {
  return Math.max(SHORTEST, Math.min(LONGEST, limit / 8));
}

/** Counts how long something has been waited for. */
export class Patience {
  /** Milliseconds between two looks. */
  readonly pause: number;
  private left: number;
  private before = performance.now();

  /** @param limit milliseconds; `Infinity` for no limit */
  constructor(limit: number) {
    this.pause = pauseFor(limit);
    this.left = limit;
  }

  /** A look, at least every `pause` milliseconds: whether the limit is reached. */
  spent(): boolean {
    const now = performance.now();
    // A look that comes much too late: nobody could do anything meanwhile, the one waited for no more than we.
    this.left -= Math.min(now - this.before, 2 * this.pause);
    this.before = now;
    return this.left <= 0;
  }
}
