/** Options objects without misspelt names. */

import { checkOptions as check } from "tfjs-training/core";
import { peers } from "./nearest-name.js";

export { type OptionNames, optionNames } from "tfjs-training/core";

/**
 * Checks that options are an object with known names only: what is misspelt would go by without a word, and the
 * default would stand. Constructors check where the class itself is made (`new.target`): subclasses may have options of
 * their own.
 *
 * @param what whose options they are, e.g. `"learn"`, for the message
 * @param hints what to say of names that come from elsewhere, e.g. `{ policy: "the network is the option model" }`
 * @throws InvalidArgumentError naming the unknown option, the nearest known one and all others
 */
export function checkOptions(
  what: string,
  options: unknown,
  known: readonly string[],
  hints?: Readonly<Record<string, string>>,
): void {
  check(what, options, known, hints, peers);
}
