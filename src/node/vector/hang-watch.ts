/** Notices worker threads that have work and finish none of it. */

import type { WorkerLink } from "./worker-link.js";

/** Looks at the progress of threads from time to time. */
export class HangWatch {
  private readonly seen = new Map<WorkerLink, { progress: number; quiet: number; at: number }>();

  /**
   * @param longest most milliseconds between two looks that count: after a longer time the whole program stood still,
   *   as after Ctrl+Z, the threads too
   */
  constructor(private readonly longest: number) {}

  /** Milliseconds for which a thread has been seen busy without finishing anything. */
  quietFor(link: WorkerLink, busy: boolean): number {
    const now = performance.now();
    const { progress } = link;
    const last = this.seen.get(link);
    if (busy && last?.progress === progress) {
      last.quiet += Math.min(now - last.at, this.longest);
      last.at = now;
      return last.quiet;
    }
    this.seen.set(link, { progress, quiet: 0, at: now });
    return 0;
  }
}
