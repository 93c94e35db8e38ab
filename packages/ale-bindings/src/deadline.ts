/** Timeouts that do not run while the whole program stands still, as after Ctrl+Z. */

const [SHORTEST, LONGEST] = [5, 250];

/** Milliseconds between two checks of a timeout. */
export function pauseFor(timeout: number): number {
  return Math.max(SHORTEST, Math.min(LONGEST, timeout / 8));
}

/** When waiting for something ends. */
export class Deadline {
  /** Milliseconds between two checks. */
  readonly pause: number;
  private left: number;
  private before = performance.now();

  /** @param timeout milliseconds; `Infinity` for none */
  constructor(timeout: number) {
    this.pause = pauseFor(timeout);
    this.left = timeout;
  }

  /** Whether the deadline has passed; to be checked at least every `pause` milliseconds. */
  passed(): boolean {
    const now = performance.now();
    // After a much delayed check, the whole machine was probably stopped, including the awaited process.
    this.left -= Math.min(now - this.before, 2 * this.pause);
    this.before = now;
    return this.left <= 0;
  }
}
