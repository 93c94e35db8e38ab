/** Notices worker threads that have work and finish none of it. */

import type { WorkerLink } from "./worker-link.js";

/** Looks at the progress of threads from time to time. */
export class HangWatch {
  private readonly seen = new Map<WorkerLink, { progress: number; since: number }>();

  /** Milliseconds for which a thread has been seen busy without finishing anything. */
  quietFor(link: WorkerLink, busy: boolean): number {
    const now = performance.now();
    const { progress } = link;
    const last = this.seen.get(link);
    if (busy && last?.progress === progress) return now - last.since;
    this.seen.set(link, { progress, since: now });
    return 0;
  }
}
