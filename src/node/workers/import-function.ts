/** Import of functions from modules on worker threads. */

import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidArgumentError } from "../../core/errors.js";

/** A module and one of its exports, in the form that is sent. */
export interface SentExport {
  /** URL or name of the module. */
  module: string;
  /** Name of the exported function. */
  export: string;
}

/**
 * The specifier of a module in the form that is sent.
 *
 * @throws InvalidArgumentError when it is relative, which would mean another file on the thread
 */
export function sentSpecifier(argument: string, specifier: string | URL): string {
  const text = String(specifier);
  if (/^\.{1,2}[/\\]/.test(text) && !isAbsolute(text)) {
    throw new InvalidArgumentError(
      argument,
      `expected a URL, an absolute path or the name of a package, received "${text}". ` +
        `Relative to your file it is new URL("${text}", import.meta.url)`,
    );
  }
  return text;
}

/**
 * Imports a function.
 *
 * @throws InvalidArgumentError when the module cannot be imported or lacks the function
 */
export async function importFunction(
  argument: string,
  { module, export: name }: SentExport,
): Promise<unknown> {
  const exports = await importModule(argument, module);
  // A CommonJS module that was imported has its exports under `default` as well.
  const found = exports[name] ?? (exports.default as Record<string, unknown> | undefined)?.[name];
  if (typeof found !== "function") {
    throw new InvalidArgumentError(
      argument,
      `expected ${module} to export a function "${name}"; it exports ${Object.keys(exports).join(", ") || "nothing"}`,
    );
  }
  return found;
}

/**
 * Imports a module.
 *
 * @throws InvalidArgumentError when that fails
 */
export async function importModule(argument: string, specifier: string): Promise<Record<string, unknown>> {
  try {
    return await import(isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier);
  } catch (cause) {
    throw importFailure(argument, specifier, cause);
  }
}

/** The error of a module that a thread cannot import; it says what to pass instead. */
export function importFailure(argument: string, specifier: string, cause: unknown): InvalidArgumentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  // A thread without tsx reports this error for TypeScript files.
  const typescript = /^Unknown file extension "\.[cm]?tsx?"/.test(reason);
  const expected = typescript
    ? "Worker threads do not inherit tsx: give the compiled module, or one in JavaScript that loads yours by " +
      'tsImport of "tsx/esm/api"'
    : "Expected a URL as of new URL('./file.js', import.meta.url), an absolute path, or the name of a package";
  return new InvalidArgumentError(
    argument,
    `the worker thread could not import ${specifier}: ${reason}. ${expected}`,
    { cause },
  );
}
