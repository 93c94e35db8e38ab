/** Yielding to the event loop during long work. */

// Milliseconds of work between yields.
const SHARE = 10;

type Turn = () => Promise<void>;

// Created at the first yield: an unused channel would be one more resource for pages to keep.
let nextTurn: Turn | undefined;

/**
 * Resolves in another turn of the event loop, after pending signals, timers, requests and page events.
 *
 * Uses `setImmediate` if available and a message to itself otherwise, not `setTimeout`, which browsers throttle to
 * one call per second, later one per minute, in hidden tabs.
 */
export function yieldToEventLoop(): Promise<void> {
  nextTurn ??= makeTurn();
  return nextTurn();
}

/** Yields to the event loop from time to time, so that long work neither freezes a page nor blocks a process. */
export class EventLoopTurns {
  private last = performance.now();

  /** @param share milliseconds of work between two yields, default 10 */
  constructor(private readonly share = SHARE) {}

  /** Whether a yield is due: check it first where a promise for each piece of work would be too expensive. */
  get due(): boolean {
    return performance.now() - this.last >= this.share;
  }

  /** Yields to the event loop if a yield is due. */
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
