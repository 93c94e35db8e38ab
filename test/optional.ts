/** Tests of what may be missing on a machine: they are skipped, counted, and say why in one line. */

import { createRequire } from "node:module";
import { describe, type TestContext } from "vitest";

/** `describe`, skipped when `missing` says what is not there. */
export function describeOptional(name: string, missing: string | undefined, tests: () => void): void {
  if (missing !== undefined) console.info(`skipped: ${name} (${missing})`);
  describe.skipIf(missing !== undefined)(name, tests);
}

/** Skips a test that is running. */
export function skip(context: TestContext, missing: string): never {
  console.info(`skipped: ${context.task.name} (${missing})`);
  return context.skip(missing);
}

/** What is missing when a package is not installed. */
export function missingPackage(name: string): string | undefined {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return undefined;
  } catch {
    return `${name} is not installed`;
  }
}
