/** Comparison of the results of tfjs-core's specs with the known differences. */

/** Result of a spec. */
export interface SpecResult {
  /** Full name. */
  name: string;
  /** Whether all its expectations were met. */
  passed: boolean;
  /** First line of the first failure. */
  message?: string;
}

/** Specs whose expectations the library does not meet, and why that is correct. */
export interface KnownDifference {
  /** Why. */
  reason: string;
  /** The backends concerned. */
  backends: string[];
  /** Full names of the specs. */
  specs: string[];
}

/** Lines about failing specs that are not known, and about known differences that do not fail. */
export function surprises(
  results: readonly SpecResult[],
  known: readonly KnownDifference[],
  backend: string,
): string[] {
  const here = known.filter(({ backends }) => backends.includes(backend)).flatMap(({ specs }) => specs);
  const failed = results.filter(({ passed }) => !passed);
  const unknown = failed.filter(({ name }) => !here.includes(name));
  const failedNames = new Set(failed.map(({ name }) => name));
  const gone = here.filter((name) => !failedNames.has(name));
  return [
    ...unknown.map(({ name, message }) => `fails: ${name}: ${message}`),
    ...gone.map((name) => `is listed as a known difference, but does not fail: ${name}`),
  ];
}
