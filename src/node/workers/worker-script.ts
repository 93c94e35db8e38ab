/** Location of the programs of worker threads. */

import { existsSync } from "node:fs";
import { InvalidStateError } from "../../core/errors.js";

/** Programs of worker threads: the built one, and the one that loads it from the TypeScript sources. */
const programs = {
  "env-worker": ["../vector/env-worker", "../vector/from-sources.js"],
  "learner-worker": ["../learners/learner-worker", "../learners/from-sources.js"],
} as const;

/**
 * URL of a program: in the built library, in the module format of the importing file; in the sources, one
 * that loads them.
 *
 * @throws InvalidStateError when it is missing, as in a bundle that contains the library but not this file
 */
export function workerScript(program: keyof typeof programs): URL {
  const here = import.meta.url;
  const [built, fromSources] = programs[program];
  const ending = here.endsWith(".cjs") ? "cjs" : "js";
  const url = new URL(here.endsWith(".ts") ? fromSources : `${built}.${ending}`, here);
  if (existsSync(url)) return url;
  throw new InvalidStateError(
    `the program of the worker threads was expected at ${url}, but is not there. When bundling, leave ` +
      '"ncps-ts/node" out of the bundle (external)',
  );
}
