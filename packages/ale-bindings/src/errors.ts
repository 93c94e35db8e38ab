/** Errors of this package. */

const BRAND = Symbol.for("ale-bindings.AleError");

/** Machine-readable kind of error. */
export type AleErrorCode =
  /** There is no Python interpreter. */
  | "PYTHON_MISSING"
  /** The interpreter lacks ale-py or numpy. */
  | "PACKAGE_MISSING"
  /** A ROM file is missing or damaged. */
  | "ROM_MISSING"
  /** The system could not start the Python process: too many processes or open files, no memory or disk space. */
  | "START_FAILED"
  /** The Python process ended on its own. */
  | "PROCESS_DIED"
  /** The Python process did not start in time. */
  | "START_TIMEOUT"
  /** The Python process did not answer a call in time, and was ended. */
  | "PROCESS_HUNG"
  /** An argument or option has an invalid value. */
  | "INVALID_ARGUMENT"
  /** A method was called at the wrong time: before `reset`, after `close`. */
  | "INVALID_STATE"
  /** ALE itself refused the request. */
  | "EMULATOR"
  /** The system has no named pipes. */
  | "UNSUPPORTED_PLATFORM"
  /** This backend of the emulator does not support it. */
  | "UNSUPPORTED";

/** Options of {@link AleError}. */
export interface AleErrorOptions {
  /** Name of the invalid argument or option. */
  argument?: string;
  /** Seed of the episode during which it happened. */
  seed?: number;
  /** Number of steps of the episode before it happened. */
  step?: number;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * Base class of all errors that this package throws. The message says what was expected, what came,
 * and, if something is missing, the command that fixes it.
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
  /** Marks errors of `ale-bindings` and `ale-bindings/wasm` as the same class, although each entry has a copy. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && BRAND in value;
  }

  /** Stable name of the kind of failure. */
  readonly code: AleErrorCode;
  /** Name of the invalid argument or option, with `INVALID_ARGUMENT`. */
  readonly argument?: string;
  /** The last seed passed to `reset`, if an episode was lost. */
  readonly seed?: number;
  /** Number of steps of the lost episode. */
  readonly step?: number;

  /** @param code kind of failure · @param message what was expected, what came, what to do */
  constructor(code: AleErrorCode, message: string, options: AleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AleError";
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.argument = options.argument;
    this.seed = options.seed;
    this.step = options.step;
  }
}

/** Creates an {@link AleError} about one argument. */
export function invalidArgument(argument: string, message: string): AleError {
  return new AleError("INVALID_ARGUMENT", `${argument}: ${message}`, { argument });
}

/** Creates the error for a failed start of a process. */
export function startFailed(cause: unknown): AleError {
  const { message, code } = cause as NodeJS.ErrnoException;
  const remedy =
    code === "ENOSPC"
      ? "Free some space in /dev/shm (df -h /dev/shm), or give it more (docker run --shm-size)"
      : "Close environments that are no longer needed, or raise the limit of open files (EMFILE, `ulimit -n`) or " +
        "processes (EAGAIN, `ulimit -u`)";
  return new AleError(
    "START_FAILED",
    `the system could not start the Python process (${message}). ${remedy}`,
    { cause },
  );
}

/** Whether the Python process has failed: a new one may help. */
export function isProcessFailure(error: unknown): error is AleError {
  return error instanceof AleError && (error.code === "PROCESS_DIED" || error.code === "PROCESS_HUNG");
}

/** Adds the episode in which it happened to an error. */
export function duringEpisode(error: AleError, seed: number | undefined, step: number): AleError {
  const where = `${seed === undefined ? "unseeded" : `seed ${seed}`}, step ${step}`;
  return new AleError(error.code, `during an episode (${where}): ${error.message}`, {
    seed,
    step,
    argument: error.argument,
    cause: error.cause ?? error,
  });
}
