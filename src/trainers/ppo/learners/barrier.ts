/** Barriers for learners: counters in shared memory. */

const SIGNAL = 0;
const CALLS = 1;
const CLOSED = 2;
const HEADER = 3;
const PER_LEARNER = 2;
const Word = { arrivals: 0, ended: 1 } as const;

interface AsyncAtomics extends Atomics {
  waitAsync(words: Int32Array, index: number, value: number): { value: string | Promise<string> };
}

/**
 * Reusable barrier of all learners: it is passed when every learner has arrived. One version word changes with every
 * event, and waiting threads sleep on it.
 */
export class Barrier {
  private readonly words: Int32Array;

  /** @param memory made by {@link Barrier.allocate} */
  constructor(
    readonly memory: SharedArrayBuffer,
    private readonly learners: number,
  ) {
    this.words = new Int32Array(memory);
  }

  /** Allocates memory for the given number of learners. */
  static allocate(learners: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER + PER_LEARNER * learners));
  }

  /** Number of calls that the first learner has made to the others. */
  get calls(): number {
    return Atomics.load(this.words, CALLS);
  }

  /** Announces another call. */
  call(): void {
    Atomics.add(this.words, CALLS, 1);
    this.wake();
  }

  /** Arrives at the next barrier. */
  arrive(rank: number): void {
    Atomics.add(this.words, this.at(rank, Word.arrivals), 1);
    this.wake();
  }

  /** Ranks of the learners that have not arrived at this one's barrier yet. */
  missing(rank: number): number[] {
    const mine = Atomics.load(this.words, this.at(rank, Word.arrivals));
    const late = (other: number) => Atomics.load(this.words, this.at(other, Word.arrivals)) - mine < 0;
    return Array.from({ length: this.learners }, (_, other) => other).filter(late);
  }

  /** Arrives and blocks until all others have arrived; false when the learners were shut down instead. */
  arriveAndWait(rank: number): boolean {
    this.arrive(rank);
    for (;;) {
      const { version } = this;
      if (this.closed) return false;
      if (this.missing(rank).length === 0) return true;
      this.wait(version);
    }
  }

  /** Whether the first learner has shut down the others. */
  get closed(): boolean {
    return Atomics.load(this.words, CLOSED) === 1;
  }

  /** Shuts the other learners down, wherever they wait. */
  close(): void {
    Atomics.store(this.words, CLOSED, 1);
    this.wake();
  }

  /** Records that a learner's thread is ending. */
  leave(rank: number): void {
    Atomics.store(this.words, this.at(rank, Word.ended), 1);
    this.wake();
  }

  /** Whether the thread of learner `rank` has ended. */
  hasLeft(rank: number): boolean {
    return Atomics.load(this.words, this.at(rank, Word.ended)) === 1;
  }

  /** Version to wait on: read it before checking the condition that is waited for. */
  get version(): number {
    return Atomics.load(this.words, SIGNAL);
  }

  /** Blocks until the version changes, at most this many milliseconds. */
  wait(version: number, milliseconds = Number.POSITIVE_INFINITY): void {
    Atomics.wait(this.words, SIGNAL, version, milliseconds);
  }

  /** Waits for a change without blocking the event loop; the timer keeps the process alive. */
  async waitAsync(version: number, milliseconds: number): Promise<void> {
    const timer = setTimeout(() => this.wake(), milliseconds);
    await (Atomics as AsyncAtomics).waitAsync(this.words, SIGNAL, version).value;
    clearTimeout(timer);
  }

  /** Wakes all waiting threads. */
  wake(): void {
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL);
  }

  private at(rank: number, word: number): number {
    return HEADER + PER_LEARNER * rank + word;
  }
}
