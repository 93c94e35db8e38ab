/** Suggestions for misspelt names. */

/** Edit distance: the number of insertions, deletions and substitutions that turn one name into the other. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * The known name closest to a misspelt one; `undefined` if none is similar.
 *
 * @param synonyms names of other libraries, plain, mapped to the names used here
 */
export function nearestName(
  name: string,
  known: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): string | undefined {
  const plain = plainName(name);
  if (Object.hasOwn(synonyms, plain) && known.includes(synonyms[plain])) return synonyms[plain];
  const measured = known.map((each) => {
    const other = plainName(each);
    // "callback" for "callbacks", "threads" for "numThreads": a name contained in the other counts as well.
    const part = plain.length >= 4 && (other.includes(plain) || plain.includes(other)) ? 2 : Infinity;
    return { each, distance: Math.min(editDistance(plain, other), part) };
  });
  const [nearest] = measured.sort((a, b) => a.distance - b.distance);
  return nearest && nearest.distance <= Math.max(2, plain.length / 3) ? nearest.each : undefined;
}

/** A name without case and underscores: `num_steps` and `numSteps` are equal. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}
