/** Detection of misspelt options. */

import { checkOptions as check } from "tfjs-training/core";
import { peers } from "./nearest-name.js";

export { type OptionNames, optionNames } from "tfjs-training/core";

/**
 * Checks that options are an object with known names only: a misspelt one would silently be ignored in favour of the
 * default. Constructors call it only for the class itself (`new.target`), since subclasses may have further options.
 *
 * @param what owner of the options, e.g. `"learn"`, for the message
 * @param hints hints for names from other libraries, e.g. `{ policy: "the network is the option model" }`
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
