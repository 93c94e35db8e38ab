/** Finds TensorFlow's native library in Node. */

import { BackendError } from "../core/errors.js";
import { restoreRemovedUtil } from "./removed-util.js";

const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/** Imports a package by name. */
export type ImportPackage = (name: string) => Promise<unknown>;

/** The actual import; the name is not a literal, so that bundlers do not look for optional packages. */
export const importPackage: ImportPackage = (name) => import(name);

/**
 * Imports tfjs-node-gpu or, if that is not installed or cannot be loaded, tfjs-node.
 *
 * @returns the name of the package
 * @throws BackendError with the reason for each package
 */
export async function importTensorflow(load: ImportPackage = importPackage): Promise<string> {
  restoreRemovedUtil();
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      await load(name);
      return name;
    } catch (error) {
      if (!isMissing(error, name)) reasons.push(`${name} does not load: ${firstLine(error)}`);
    }
  }
  if (reasons.length > 0) throw new BackendError(reasons.join("; "));
  throw new BackendError(`it is not installed, \`npm install ${packages[1]}@4.22.0\``);
}

/** Whether an import failed because the package itself, not one of its dependencies, is missing. */
export function isMissing(error: unknown, name: string): boolean {
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(code ?? "") && message.includes(`'${name}'`);
}

/** First line of an error's message. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0].trim();
}
