/** The Mersenne Twister (Matsumoto and Nishimura 1998), seeded as numpy's `RandomState(seed)`. */

const size = 624;
const shift = 397;

/** Generates 32-bit words, bit for bit those of `np.random.RandomState(seed)`. */
export class Mt19937 {
  private readonly words = new Uint32Array(size);
  private position = size;

  /** @param seed integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    const { words } = this;
    words[0] = seed;
    for (let i = 1; i < size; i++) {
      words[i] = Math.imul(words[i - 1] ^ (words[i - 1] >>> 30), 1812433253) + i;
    }
  }

  /** Returns the next word. */
  uint32(): number {
    if (this.position === size) this.twist();
    let word = this.words[this.position++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  private twist(): void {
    const { words } = this;
    for (let i = 0; i < size; i++) {
      const mixed = (words[i] & 0x80000000) | (words[(i + 1) % size] & 0x7fffffff);
      words[i] = words[(i + shift) % size] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }
}
