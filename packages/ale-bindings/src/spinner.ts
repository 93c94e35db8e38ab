/** Short waits without falling asleep: two cores that sleep take 50 to 100 µs to wake each other. */

// All in milliseconds.
const LONGEST = 0.8;
const SLACK = 0.06;
const INTERRUPTION = 0.2;
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [1, 1000];

/**
 * Polls for an event that is about to happen, up to about twice as long as it usually takes and at
 * most 0.8 ms, and not at all if the last two waits were longer. If polling failed twice in a row (perhaps the
 * other side waits for this very core), or other programs needed the core, sleeping is better: for a while it
 * does not poll, twice as long after each further failure.
 */
export class Spinner {
  private usual = LONGEST / 4;
  private last = 0;
  private secondLast = 0;
  private pause = 0;
  private resumeAt = 0;

  /** Returns whether it is ready, when `ready` says so or when waiting in another way is better. */
  spin(ready: () => boolean, clock = () => performance.now()): boolean {
    const start = clock();
    if (Math.min(this.last, this.secondLast) > LONGEST || start < this.resumeAt) return false;
    const end = start + Math.min(LONGEST, 2 * this.usual + SLACK);
    let before = start;
    while (!ready()) {
      const now = clock();
      if (now > end || now - before > INTERRUPTION) {
        // whatever takes longer from now on has to be waited for some time
        this.usual = Math.min(LONGEST, 1.5 * this.usual);
        this.resumeAt = now + this.pause;
        this.pause = Math.min(Math.max(2 * this.pause, SHORTEST_PAUSE), LONGEST_PAUSE);
        return false;
      }
      before = now;
    }
    this.usual += 0.2 * (before - start - this.usual);
    this.pause = 0;
    return true;
  }

  /** Records how many milliseconds the whole wait took, however it ended. */
  waited(milliseconds: number): void {
    this.secondLast = this.last;
    this.last = milliseconds;
  }
}
