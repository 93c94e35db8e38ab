/** What `npm run fuzz` plays with: one kind of input that may come from a stranger. */

/** A kind of input, how it is damaged, and what reads it. */
export interface FuzzTarget {
  /** Name on the command line. */
  name: string;
  /** Makes what mutants are made from. */
  prepare(): Promise<void>;
  /** Makes a mutant: decided by the draws alone, each from 0 to below 1. */
  mutate(random: () => number): unknown;
  /**
   * Reads a mutant.
   *
   * @returns whether it was refused by a typed error, or loaded with the right data; throws anything else
   */
  run(mutant: unknown): Promise<"typed" | "loaded">;
}
