/** Translation of ale-bindings' errors to this library's. */

import type { AleError } from "ale-bindings";
import {
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  NcpsError,
} from "../core/errors.js";

/** The class of ale-bindings' errors, which is loaded at run time. */
export type AleErrorClass = typeof AleError;

/** Runs `call`; an error of ale-bindings is rethrown as an error of this library with the original as its cause. */
export function translating<T>(errorClass: AleErrorClass, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof errorClass ? translated(error) : error;
  }
}

/** The same for promises. */
export async function translatingAsync<T>(errorClass: AleErrorClass, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof errorClass ? translated(error) : error;
  }
}

function translated(cause: AleError): NcpsError {
  const { code, message, argument } = cause;
  switch (code) {
    case "INVALID_ARGUMENT": {
      // InvalidArgumentError puts the name in front itself
      const name = argument ?? "options";
      const text = message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
      return new InvalidArgumentError(name, text, { cause });
    }
    case "INVALID_STATE":
      return new InvalidStateError(message, { cause });
    case "PYTHON_MISSING":
    case "PACKAGE_MISSING":
    case "ROM_MISSING":
    case "UNSUPPORTED_PLATFORM":
      return new MissingDependencyError(message, { cause });
    default:
      return new NcpsError(code, message, { cause });
  }
}
