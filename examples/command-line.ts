/** Parses the command lines of the examples. */

import { parseArgs } from "node:util";

/** A whole number: its default and its minimum. */
export type WholeNumber = readonly [byDefault: number, least: number];

/**
 * Reads whole numbers (`--seed 3`) and strings (`--data FOLDER`). With `--help` prints `usage` and ends the program;
 * for an unknown option or an invalid number prints what is wrong and ends the program with code 1.
 */
export function commandLine<Numbers extends string = never, Texts extends string = never>(
  usage: string,
  numbers: Readonly<Record<Numbers, WholeNumber>> = {} as Record<Numbers, WholeNumber>,
  texts: Readonly<Record<Texts, string | undefined>> = {} as Record<Texts, undefined>,
): Record<Numbers, number> & Record<Texts, string | undefined> {
  const names = [...Object.keys(numbers), ...Object.keys(texts)];
  return settingsOf(usage, (argv) => {
    const { values } = parseArgs({
      args: argv,
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
        help: { type: "boolean" },
      },
    });
    if (values.help) return null;
    const given = values as Record<string, string | undefined>;
    const read = Object.entries<WholeNumber>(numbers).map(([name, [byDefault, least]]) => {
      const value = Number(given[name] ?? byDefault);
      if (given[name]?.trim() !== "" && Number.isSafeInteger(value) && value >= least) return [name, value];
      throw new Error(`--${name}: expected a whole number from ${least} on, received "${given[name]}"`);
    });
    const rest = Object.entries(texts).map(([name, byDefault]) => [name, given[name] ?? byDefault]);
    return Object.fromEntries([...read, ...rest]);
  });
}

/**
 * Reads the command line by `read`, which returns `null` for `--help` and throws for an invalid option:
 * then the program ends, with code 0 after printing `usage` or with code 1 after a one-line error.
 */
export function settingsOf<Settings>(usage: string, read: (argv: string[]) => Settings | null): Settings {
  let settings: Settings | null;
  try {
    settings = read(process.argv.slice(2));
  } catch (error) {
    wrongOption(error);
  }
  if (settings !== null) return settings;
  console.log(usage);
  process.exit();
}

/** Prints which option is wrong, and ends the program with code 1. */
export function wrongOption(error: unknown): never {
  // Node adds advice about arguments that begin with a dash.
  const [message] = String(error instanceof Error ? error.message : error).split(". To specify");
  console.error(`${message}; see --help`);
  process.exit(1);
}

/** Runs the program; if it fails, prints a one-line error and sets exit code 1. */
export async function run(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
