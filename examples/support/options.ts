/** The options of an example, as its usage text declares them. */

import { parseArgs } from "node:util";

// "  --env ID    ..." takes a text; "  --render    ..." and "  --no-mirror ..." are flags, which `--no-` turns off.
const declaration = /^ {2}--(?:no-)?([\w-]+)(?: (\S.*?))?(?: {2,}|$)/gm;

/** The options that were given. Each method reads one and throws an `Error` that names it when its value is wrong. */
export class Given {
  /** @param values texts of options, booleans of flags; those that were not given are missing */
  constructor(private readonly values: Readonly<Record<string, string | boolean | undefined>>) {}

  /** A text. */
  text(name: string): string | undefined;
  text(name: string, byDefault: string): string;
  text(name: string, byDefault?: string): string | undefined {
    return (this.values[name] as string | undefined) ?? byDefault;
  }

  /** A flag. */
  flag(name: string): boolean | undefined {
    return this.values[name] as boolean | undefined;
  }

  /** One of some names; `or` stands between them in the error. */
  oneOf<Name extends string>(name: string, known: readonly Name[], byDefault: Name, or = ", "): Name {
    const value = this.text(name, byDefault) as Name;
    return known.includes(value) ? value : this.wrong(name, known.join(or));
  }

  /** A whole number. */
  integer(name: string, byDefault: number): number {
    return this.number(name, byDefault, Number.isInteger, "an integer");
  }

  /** A whole number of at least `least`. */
  whole(name: string, byDefault: number, least = 0): number {
    const fits = (value: number) => Number.isSafeInteger(value) && value >= least;
    return this.number(name, byDefault, fits, `a whole number from ${least} on`);
  }

  /** A number of at least `least`. */
  from(name: string, byDefault: number, least: number): number {
    return this.number(name, byDefault, (value) => value >= least, `a number from ${least} on`);
  }

  /** A number above 0. */
  positive(name: string, byDefault: number): number;
  positive(name: string): number | undefined;
  positive(name: string, byDefault?: number): number | undefined {
    if (byDefault === undefined && this.text(name) === undefined) return undefined;
    return this.number(name, byDefault as number, (value) => value > 0, "a positive number");
  }

  /** A number that `fits`; `expected` tells which do. */
  number(name: string, byDefault: number, fits: (value: number) => boolean, expected: string): number {
    const given = this.text(name);
    if (given === undefined) return byDefault;
    const value = Number(given);
    return given.trim() !== "" && fits(value) ? value : this.wrong(name, expected);
  }

  private wrong(name: string, expected: string): never {
    throw new Error(`--${name}: expected ${expected}, received "${this.text(name)}"`);
  }
}

/**
 * Reads a command line by its usage text, which declares the options; `null` when `--help` is asked for.
 *
 * @throws Error when an option is unknown or has no value
 */
export function readOptions(usage: string, argv: string[]): Given | null {
  const declared = [...usage.matchAll(declaration)].map(
    ([, name, value]) => [name, { type: value ? "string" : "boolean" } as const] as const,
  );
  const { values } = parseArgs({ args: argv, allowNegative: true, options: Object.fromEntries(declared) });
  return values.help ? null : new Given(values as Record<string, string | boolean | undefined>);
}
