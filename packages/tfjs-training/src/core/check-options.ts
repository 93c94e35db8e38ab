/** Options objects without misspelt names. */

import { InvalidArgumentError } from "./errors.js";
import { nearestName } from "./nearest-name.js";
import { showValue } from "./show-value.js";

/** One entry for each option of a type, so that the compiler sees a list that misses one. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/** The names of all options of a type, for {@link checkOptions}. */
export function optionNames<Options>(names: OptionNames<Options>): readonly string[] {
  return Object.keys(names);
}

/**
 * Checks that options are an object with known names only: what is misspelt would go by without a word, and the
 * default would stand. Constructors check where the class itself is made (`new.target`): subclasses may have options of
 * their own.
 *
 * @param what whose options they are, e.g. `"learn"`, for the message
 * @param hints what to say of names that come from elsewhere, e.g. `{ policy: "the network is the option model" }`
 * @param synonyms names of other libraries, lower-case and without underscores, and what they are called here
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
