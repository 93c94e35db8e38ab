/** Detection of misspelt options. */

import { InvalidArgumentError } from "./errors.js";
import { nearestName } from "./nearest-name.js";
import { showValue } from "./show-value.js";

/** One field for each option of a type, so that the compiler finds a list that lacks one. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/** The names of all options of a type, for {@link checkOptions}. */
export function optionNames<Options>(names: OptionNames<Options>): readonly string[] {
  return Object.keys(names);
}

/**
 * Checks that options are an object with known names only: a misspelt one would silently be ignored in favour of the
 * default. Constructors call it only for the class itself (`new.target`), since subclasses may have further options.
 *
 * @param what owner of the options, e.g. `"learn"`, for the message
 * @param hints hints for names from other libraries, e.g. `{ policy: "the network is the option model" }`
 * @param synonyms names of other libraries, lower-case and without underscores, mapped to the names used here
 * @throws InvalidArgumentError naming the unknown option, the nearest known one and all others
 */
export function checkOptions(
  what: string,
  options: unknown,
  known: readonly string[],
  hints: Readonly<Record<string, string>> = {},
  synonyms: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const names = `{ ${known.slice(0, 3).join(", ")}${known.length > 3 ? ", ..." : ""} }`;
    throw new InvalidArgumentError(
      "options",
      `${what} expected an object of options ${names}, received ${showValue(options)}`,
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known, synonyms);
    const hint = Object.hasOwn(hints, name)
      ? `: ${hints[name]}`
      : near
        ? `: did you mean ${near}?`
        : `; there ${known.length === 1 ? "is" : "are"} ${known.join(", ") || "none"}`;
    throw new InvalidArgumentError(name, `is not an option of ${what}${hint}`);
  }
}
