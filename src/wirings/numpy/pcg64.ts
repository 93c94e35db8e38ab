/** The bit generator PCG64 (XSL-RR 128/64, O'Neill 2014) as used by numpy's `default_rng`. */

import { seedWords } from "./seed-sequence.js";

const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const low32 = 0xffffffffn;
const low64 = 0xffffffffffffffffn;

/** Generates 32-bit words, bit for bit those of `np.random.PCG64(seed)`. */
export class Pcg64 {
  private state: bigint;
  private readonly increment: bigint;
  // The upper half of the last 64 bits: the next word.
  private buffered: number | undefined;

  /** @param seed integer from 0 to `Number.MAX_SAFE_INTEGER` */
  constructor(seed: number) {
    const words = seedWords(seed, 8);
    const wide = (i: number) =>
      (BigInt(words[i + 1]) << 96n) |
      (BigInt(words[i]) << 64n) |
      (BigInt(words[i + 3]) << 32n) |
      BigInt(words[i + 2]);
    this.increment = BigInt.asUintN(128, (wide(4) << 1n) | 1n);
    this.state = BigInt.asUintN(128, this.increment + wide(0));
    this.advance();
  }

  /** Returns the next word: the lower half of each 64 bits, then the upper one. */
  uint32(): number {
    if (this.buffered !== undefined) {
      const word = this.buffered;
      this.buffered = undefined;
      return word;
    }
    this.advance();
    const folded = ((this.state >> 64n) ^ this.state) & low64;
    const turn = this.state >> 122n;
    const bits = ((folded >> turn) | (folded << (64n - turn))) & low64;
    this.buffered = Number(bits >> 32n);
    return Number(bits & low32);
  }

  private advance(): void {
    this.state = BigInt.asUintN(128, this.state * multiplier + this.increment);
  }
}
