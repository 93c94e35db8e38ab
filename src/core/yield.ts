/** Turns of the event loop for others, in the midst of long work. */

// Milliseconds of work after which others get their turn.
const SHARE = 10;

type Turn = () => Promise<void>;

// Made at the first turn: a channel that nobody uses would be one more thing for pages to keep.
let nextTurn: Turn | undefined;

/**
 * Resolves in another turn of the event loop, when signals, timers, requests and pages have had theirs.
 *
 * It goes by `setImmediate` where there is one and by a message to oneself elsewhere, not by `setTimeout`, which
 * browsers hold back to one call a second, later one a minute, in tabs that nobody looks at.
 */
export function yieldToEventLoop(): Promise<void> {
  nextTurn ??= makeTurn();
  return nextTurn();
}

/** Leaves the event loop to others now and then, so that long work neither freezes a page nor deafens a process. */
export class EventLoopTurns {
  private last = performance.now();

  /** @param share milliseconds of work between two turns, default 10 */
  constructor(private readonly share = SHARE) {}

  /** Whether others have waited long enough: asked first where a promise for each piece of work would cost too much. */
  get due(): boolean {
    return performance.now() - this.last >= this.share;
  }

  /** Lets others have a turn, when they have waited long enough. */
  async give(): Promise<void> {
    if (!this.due) return;
    await yieldToEventLoop();
    this.last = performance.now();
  }
}

function makeTurn(): Turn {
  const { setImmediate: immediate } = globalThis as { setImmediate?: (resolve: () => void) => unknown };
  if (typeof immediate === "function") return () => new Promise((resolve) => immediate(resolve));
  if (typeof MessageChannel !== "function") return () => new Promise((resolve) => setTimeout(resolve, 0));
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
