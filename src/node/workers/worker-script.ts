/** Where the programs of worker threads are. */

import { existsSync } from "node:fs";
import { InvalidStateError } from "../../core/errors.js";

/** Programs of worker threads: what loads each from the TypeScript sources. */
const programs = {
  "env-worker": "../vector/from-sources.js",
  "learner-worker": "../learners/from-sources.js",
} as const;

/**
 * URL of a program: beside the built library, in the format of the file that asks; from the sources one
 * that loads them.
 *
 * @throws InvalidStateError when it is missing, as in a bundle that holds the library but not this file
 */
export function workerScript(program: keyof typeof programs): URL {
  const here = import.meta.url;
  const names = here.endsWith(".ts")
    ? [programs[program]]
    : [`./${program}.`, `./node/${program}.`].map(inFormat);
  const found = names.map((name) => new URL(name, here)).find((url) => existsSync(url));
  if (found) return found;
  throw new InvalidStateError(
    `the program of the worker threads was expected beside ${here}, but is not there. When bundling, leave ` +
      '"ncps-ts/node" out of the bundle (external)',
  );
}

function inFormat(stem: string): string {
  return stem + (import.meta.url.endsWith(".cjs") ? "cjs" : "js");
}
