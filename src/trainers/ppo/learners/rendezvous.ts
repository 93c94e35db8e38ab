/** Where learners wait for each other: counters in shared memory. */

const SIGNAL = 0;
const CALLS = 1;
const DISMISSED = 2;
const HEADER = 3;
const PER_LEARNER = 2;
const Word = { arrivals: 0, ended: 1 } as const;

interface AsyncAtomics extends Atomics {
  waitAsync(words: Int32Array, index: number, value: number): { value: string | Promise<string> };
}

/**
 * Meeting points of all learners. Each arrives at every one; it is complete when all have. One word changes
 * with everything that happens, and whoever waits sleeps on it.
 */
export class Rendezvous {
  private readonly words: Int32Array;

  /** @param memory made by {@link Rendezvous.allocate} */
  constructor(
    readonly memory: SharedArrayBuffer,
    private readonly learners: number,
  ) {
    this.words = new Int32Array(memory);
  }

  /** Memory for so many learners. */
  static allocate(learners: number): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER + PER_LEARNER * learners));
  }

  /** How many calls the first learner has made to the others. */
  get calls(): number {
    return Atomics.load(this.words, CALLS);
  }

  /** Announces another call. */
  call(): void {
    Atomics.add(this.words, CALLS, 1);
    this.wake();
  }

  /** Arrives at the next meeting point. */
  arrive(rank: number): void {
    Atomics.add(this.words, this.at(rank, Word.arrivals), 1);
    this.wake();
  }

  /** The learners that have not arrived where this one has. */
  missing(rank: number): number[] {
    const mine = Atomics.load(this.words, this.at(rank, Word.arrivals));
    const late = (other: number) => Atomics.load(this.words, this.at(other, Word.arrivals)) - mine < 0;
    return Array.from({ length: this.learners }, (_, other) => other).filter(late);
  }

  /** Arrives and sleeps until all others have arrived too; false when all were dismissed instead. */
  meet(rank: number): boolean {
    this.arrive(rank);
    for (;;) {
      const { seen } = this;
      if (this.dismissed) return false;
      if (this.missing(rank).length === 0) return true;
      this.sleep(seen);
    }
  }

  /** Whether the first learner needs the others no longer. */
  get dismissed(): boolean {
    return Atomics.load(this.words, DISMISSED) === 1;
  }

  /** Sends the others home, wherever they wait. */
  dismiss(): void {
    Atomics.store(this.words, DISMISSED, 1);
    this.wake();
  }

  /** Tells that a learner's thread comes to its end. */
  leave(rank: number): void {
    Atomics.store(this.words, this.at(rank, Word.ended), 1);
    this.wake();
  }

  /** Whether it has. */
  hasLeft(rank: number): boolean {
    return Atomics.load(this.words, this.at(rank, Word.ended)) === 1;
  }

  /** What to sleep on: the word as it is, read before looking whether there is anything to sleep for. */
  get seen(): number {
    return Atomics.load(this.words, SIGNAL);
  }

  /** Sleeps on the spot until something happens, at most so many milliseconds. */
  sleep(seen: number, milliseconds = Number.POSITIVE_INFINITY): void {
    Atomics.wait(this.words, SIGNAL, seen, milliseconds);
  }

  /** The same without holding the event loop; the timer keeps the program alive. */
  async sleepAside(seen: number, milliseconds: number): Promise<void> {
    const timer = setTimeout(() => this.wake(), milliseconds);
    await (Atomics as AsyncAtomics).waitAsync(this.words, SIGNAL, seen).value;
    clearTimeout(timer);
  }

  /** Wakes all that sleep. */
  wake(): void {
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL);
  }

  private at(rank: number, word: number): number {
    return HEADER + PER_LEARNER * rank + word;
  }
}
