/** Refuses misspelt options. */

import { InvalidArgumentError } from "../../core/errors.js";

/**
 * Checks that an options object has known names only.
 *
 * @throws InvalidArgumentError naming the unknown option, the nearest known one and all others
 */
export function requireKnownOptions(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = [...known].sort((a, b) => distance(a, name) - distance(b, name))[0];
    const hint = `unknown option; did you mean "${nearest}"? There are ${known.join(", ")}`;
    throw new InvalidArgumentError(name, hint);
  }
}

// Dice's distance of the letter pairs: 0 for equal names, 1 for names without a common pair.
function distance(a: string, b: string): number {
  const pairs = pairsOf(a);
  const others = pairsOf(b);
  const common = [...pairs].filter((pair) => others.has(pair)).length;
  return 1 - (2 * common) / (pairs.size + others.size);
}

function pairsOf(name: string): Set<string> {
  const letters = ` ${name.toLowerCase().replace(/[^a-z]/g, "")} `;
  return new Set(Array.from({ length: letters.length - 1 }, (_, i) => letters.slice(i, i + 2)));
}
