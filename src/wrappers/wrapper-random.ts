/** Random generators of wrappers. */

import { Random } from "../core/random.js";

/**
 * Creates the generator of a wrapper whose `reset` was given a seed. The inner environment gets the seed itself,
 * so that it plays the same game with and without the wrapper; the wrapper gets the 32-bit FNV-1a hash of its name and
 * the seed, so that its random stream is independent of those of the environment and of other wrappers.
 *
 * @param name name of the wrapper's class
 * @param seed the seed given to `reset`
 */
export function wrapperRandom(name: string, seed: number): Random {
  let hash = 0x811c9dc5;
  for (const character of `${name} ${seed}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return new Random(hash >>> 0);
}
