/** Errors in a form that can be sent between threads: structured cloning loses classes and codes. */

import * as errors from "../../core/errors.js";
import { EnvFailedError } from "../../vector/env-failed-error.js";

/** An error as plain data. */
export interface SentError {
  /** Name of its class; missing for values that are not an Error. */
  name?: string;
  /** Its message, or the thrown value as text. */
  message: string;
  /** Stack trace in the thread that threw it. */
  stack?: string;
  /** Its own plain properties, e.g. `code`. */
  properties: Record<string, string | number | boolean>;
  /** Its cause. */
  cause?: SentError;
}

const DEPTH = 8;

/** Converts an error, or any other thrown value, to plain data; even one whose properties throw. */
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

/** Restores an error: one of this library's classes, or an Error with the same name, code and stack. */
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
