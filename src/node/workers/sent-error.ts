/** Errors on their way from one thread to another: structured cloning forgets classes and codes. */

import * as errors from "../../core/errors.js";
import { EnvFailedError } from "../../vector/env-failed-error.js";

/** An error as plain data. */
export interface SentError {
  /** Name of its class; missing for what is no Error. */
  name?: string;
  /** Its message, or the thrown value in words. */
  message: string;
  /** Where it was thrown, in the thread that did. */
  stack?: string;
  /** Its own plain properties, e.g. `code`. */
  properties: Record<string, string | number | boolean>;
  /** What caused it. */
  cause?: SentError;
}

const DEPTH = 8;

/** Takes an error, or whatever was thrown, apart; also one that resists. */
export function packError(thrown: unknown): SentError {
  try {
    return takeApart(thrown, 0);
  } catch {
    return { name: "Error", message: "something was thrown that cannot be read", properties: {} };
  }
}

function takeApart(thrown: unknown, depth: number): SentError {
  if (!(thrown instanceof Error)) return { message: String(thrown), properties: {} };
  const { name, message, stack, cause } = thrown;
  const plain = Object.entries(thrown).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  const sent: SentError = { name, message, stack, properties: Object.fromEntries(plain) };
  if (cause !== undefined && depth < DEPTH) sent.cause = takeApart(cause, depth + 1);
  return sent;
}

/** Puts it together again: one of this library's classes, or an Error that has the name, code and stack. */
export function unpackError({ name, message, stack, properties, cause }: SentError): unknown {
  if (name === undefined) return message;
  const error = new Error(message, cause && { cause: unpackError(cause) });
  const known = name === "EnvFailedError" ? EnvFailedError : (errors as Record<string, unknown>)[name];
  if (typeof known === "function") Object.setPrototypeOf(error, known.prototype as object);
  Object.assign(error, properties);
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
  return error;
}
