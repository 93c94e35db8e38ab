/** Plain writes to memory, which would else be JavaScript's; addresses in bytes. */

/** Zeros. */
export function fillZeros(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

/** A copy; the two may overlap. */
export function copyBytes(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** One 32-bit number. */
export function storeWord(at: usize, value: i32): void {
  store<i32>(at, value);
}
