/** Errors of this package. */

/** What went wrong, for programs. */
export type AleErrorCode =
  /** There is no Python interpreter. */
  | "PYTHON_MISSING"
  /** The interpreter lacks ale-py or numpy. */
  | "PACKAGE_MISSING"
  /** A ROM file is missing or damaged. */
  | "ROM_MISSING"
  /** The Python process ended on its own. */
  | "PROCESS_DIED"
  /** The Python process did not answer in time. */
  | "START_TIMEOUT"
  /** An argument or option has a wrong value. */
  | "INVALID_ARGUMENT"
  /** A method was called at the wrong time: before `reset`, after `close`. */
  | "INVALID_STATE"
  /** ALE itself refused. */
  | "EMULATOR"
  /** The system has no named pipes. */
  | "UNSUPPORTED_PLATFORM";

/** Options of {@link AleError}. */
export interface AleErrorOptions {
  /** Name of the wrong argument or option. */
  argument?: string;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * The error that everything in this package throws. Its message says what was expected, what came,
 * and, where something is missing, the command that mends it.
 *
 * @example
 * ```ts
 * try {
 *   new AtariEnv("ALE/Breakout-v5");
 * } catch (error) {
 *   if (error instanceof AleError && error.code === "PYTHON_MISSING") console.error(error.message);
 * }
 * ```
 */
export class AleError extends Error {
  /** Stable name of the kind of failure. */
  readonly code: AleErrorCode;
  /** Name of the wrong argument or option, with `INVALID_ARGUMENT`. */
  readonly argument?: string;

  /** @param code kind of failure · @param message what was expected, what came, what to do */
  constructor(code: AleErrorCode, message: string, options: AleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AleError";
    this.code = code;
    this.argument = options.argument;
  }
}

/** An {@link AleError} about one argument. */
export function invalidArgument(argument: string, message: string): AleError {
  return new AleError("INVALID_ARGUMENT", `${argument}: ${message}`, { argument });
}
