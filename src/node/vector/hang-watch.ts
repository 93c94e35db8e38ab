/** Detection of worker threads that have work and make no progress. */

import type { WorkerLink } from "./worker-link.js";

/** Polls the progress of threads. */
export class HangWatch {
  private readonly seen = new Map<WorkerLink, { progress: number; quiet: number; at: number }>();

  /**
   * @param longest maximum milliseconds between two polls that count: after a longer time the whole process was
   *   suspended, as with Ctrl+Z, including the threads
   */
  constructor(private readonly longest: number) {}

  /** Milliseconds for which a thread has been busy without finishing anything. */
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
