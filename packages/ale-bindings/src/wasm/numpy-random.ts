/** The parts of NumPy's SeedSequence and PCG64 that Gymnasium's Atari seeds need; equal bit for bit. */

const MASK_32 = 0xffffffffn;
const MASK_64 = (1n << 64n) - 1n;
const MASK_128 = (1n << 128n) - 1n;
const MULTIPLIER = (2549297995355413924n << 64n) | 4865540595714422341n;
const POOL = 4;

/** Equivalent of `numpy.random.SeedSequence(entropy).generate_state(words)`, words of 32 bits. */
export function generateState(entropy: number, words: number): Uint32Array {
  const pool = mixedPool(entropy);
  const state = new Uint32Array(words);
  let hash = 0x8b51f9dd;
  for (let i = 0; i < words; i++) {
    let value = (pool[i % POOL] ^ hash) >>> 0;
    hash = Math.imul(hash, 0x58f38ded) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    state[i] = value ^ (value >>> 16);
  }
  return state;
}

function mixedPool(entropy: number): Uint32Array {
  const words: number[] = [];
  for (let rest = entropy; rest > 0; rest = Math.floor(rest / 2 ** 32)) words.push(rest % 2 ** 32);
  let hash = 0x43b0d7e5;
  const hashed = (value: number) => {
    let mixed = (value ^ hash) >>> 0;
    hash = Math.imul(hash, 0x931e8875) >>> 0;
    mixed = Math.imul(mixed, hash) >>> 0;
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const mix = (x: number, y: number) => {
    const result = (Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715)) >>> 0;
    return (result ^ (result >>> 16)) >>> 0;
  };
  const pool = new Uint32Array(POOL);
  for (let i = 0; i < POOL; i++) pool[i] = hashed(words[i] ?? 0);
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) {
      if (from !== to) pool[to] = mix(pool[to], hashed(pool[from]));
    }
  }
  return pool;
}

/** Equivalent of `numpy.random.Generator(PCG64(SeedSequence(seed)))`, for whole numbers below 2 ** 32. */
export class PCG64 {
  private state: bigint;
  private readonly increment: bigint;
  private half: number | null = null;

  constructor(seed: number) {
    const words = generateState(seed, 8);
    const value = (i: number) => (BigInt(words[2 * i + 1]) << 32n) | BigInt(words[2 * i]);
    this.increment = ((((value(2) << 64n) | value(3)) << 1n) | 1n) & MASK_128;
    this.state = 0n;
    this.advance();
    this.state = (this.state + ((value(0) << 64n) | value(1))) & MASK_128;
    this.advance();
  }

  /** A whole number in `low .. high - 1`: NumPy's `integers`, Lemire's method on 32 bits. */
  integer(low: number, high: number): number {
    const range = BigInt(high - low);
    if (range === 1n) return low;
    let product = BigInt(this.next32()) * range;
    if ((product & MASK_32) < range) {
      const threshold = ((1n << 32n) - range) % range;
      while ((product & MASK_32) < threshold) product = BigInt(this.next32()) * range;
    }
    return low + Number(product >> 32n);
  }

  /** Returns everything that determines what follows. */
  getState(): string {
    return JSON.stringify([this.state.toString(16), this.increment.toString(16), this.half]);
  }

  /** Restores such a state. */
  static restore(state: string): PCG64 {
    const [value, increment, half] = JSON.parse(state) as [string, string, number | null];
    return Object.assign(new PCG64(0), {
      state: BigInt(`0x${value}`),
      increment: BigInt(`0x${increment}`),
      half,
    });
  }

  private advance(): void {
    this.state = (this.state * MULTIPLIER + this.increment) & MASK_128;
  }

  // XSL-RR: the halves of the state, combined and rotated.
  private next64(): bigint {
    this.advance();
    const value = (this.state >> 64n) ^ (this.state & MASK_64);
    const turn = this.state >> 122n;
    return ((value >> turn) | (value << ((64n - turn) & 63n))) & MASK_64;
  }

  private next32(): number {
    if (this.half !== null) {
      const { half } = this;
      this.half = null;
      return half;
    }
    const value = this.next64();
    this.half = Number(value >> 32n);
    return Number(value & MASK_32);
  }
}
