/** Random numbers of wrappers. */

import { Random } from "../core/random.js";

/**
 * The generator of a wrapper whose `reset` was given a seed. The environment inside gets the seed itself,
 * so that wrapped and bare it plays the same game; the wrapper gets the 32-bit FNV-1a hash of its name and
 * the seed, so that its stream has nothing to do with those of the environment and of other wrappers.
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
