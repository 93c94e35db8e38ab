/** numpy's `SeedSequence`: spreads a seed over as many well-mixed bits as a generator needs. */

const poolSize = 4;

/**
 * The words that `np.random.SeedSequence(seed).generate_state(count)` returns (O'Neill's `seed_seq_fe`).
 *
 * @param seed integer from 0 to `Number.MAX_SAFE_INTEGER`
 */
export function seedWords(seed: number, count: number): Uint32Array {
  const high = Math.floor(seed / 2 ** 32);
  const pool = mixEntropy(high > 0 ? [seed >>> 0, high] : [seed]);
  const words = new Uint32Array(count);
  let constant = 0x8b51f9dd;
  for (let i = 0; i < count; i++) {
    const value = pool[i % poolSize] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    words[i] = fold(Math.imul(value, constant));
  }
  return words;
}

function mixEntropy(entropy: number[]): Uint32Array {
  let constant = 0x43b0d7e5;
  const hash = (word: number): number => {
    const value = word ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    return fold(Math.imul(value, constant));
  };
  const pool = Uint32Array.from({ length: poolSize }, (_, i) => hash(entropy[i] ?? 0));
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) {
      if (source !== target) pool[target] = mix(pool[target], hash(pool[source]));
    }
  }
  return pool;
}

function mix(x: number, y: number): number {
  return fold(Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715));
}

function fold(value: number): number {
  return (value ^ (value >>> 16)) >>> 0;
}
