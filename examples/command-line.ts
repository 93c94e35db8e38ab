/** Command lines of the small examples. */

import { parseArgs } from "node:util";

/** A whole number: what it is by default, and the least that it may be. */
export type WholeNumber = readonly [byDefault: number, least: number];

/**
 * Reads whole numbers (`--seed 3`) and texts (`--data FOLDER`). Prints `usage` and ends the program when `--help` is
 * asked for, and says what is wrong and ends it with code 1 when an option is unknown or no such number.
 */
export function commandLine<Numbers extends string, Texts extends string = never>(
  usage: string,
  numbers: Readonly<Record<Numbers, WholeNumber>>,
  texts: Readonly<Record<Texts, string | undefined>> = {} as Record<Texts, undefined>,
): Record<Numbers, number> & Record<Texts, string | undefined> {
  try {
    const names = [...Object.keys(numbers), ...Object.keys(texts)];
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit();
    }
    const given = values as Record<string, string | undefined>;
    const read = Object.entries<WholeNumber>(numbers).map(([name, [byDefault, least]]) => {
      const value = Number(given[name] ?? byDefault);
      if (given[name]?.trim() !== "" && Number.isSafeInteger(value) && value >= least) return [name, value];
      throw new Error(`--${name}: expected a whole number from ${least} on, received "${given[name]}"`);
    });
    const rest = Object.entries(texts).map(([name, byDefault]) => [name, given[name] ?? byDefault]);
    return Object.fromEntries([...read, ...rest]);
  } catch (error) {
    return fail(error);
  }
}

/** Says what is wrong, and ends the program with code 1. */
export function fail(error: unknown): never {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exit(1);
}
