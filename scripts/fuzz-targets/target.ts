/** The interface of fuzz targets: one kind of untrusted input. */

/** A kind of input, how it is mutated, and how it is read. */
export interface FuzzTarget {
  /** Name on the command line. */
  name: string;
  /** Prepares the data that mutants are made from. */
  prepare(): Promise<void>;
  /** Makes a mutant, determined by the random numbers alone, each in [0, 1). */
  mutate(random: () => number): unknown;
  /**
   * Reads a mutant.
   *
   * @returns whether it was rejected by a typed error, or loaded with the right data; throws for anything else
   */
  run(mutant: unknown): Promise<"typed" | "loaded">;
}
