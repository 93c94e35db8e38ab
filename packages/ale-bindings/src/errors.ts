/** Errors of this package. */

const BRAND = Symbol.for("ale-bindings.AleError");

/** What went wrong, for programs. */
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
  /** An argument or option has a wrong value. */
  | "INVALID_ARGUMENT"
  /** A method was called at the wrong time: before `reset`, after `close`. */
  | "INVALID_STATE"
  /** ALE itself refused. */
  | "EMULATOR"
  /** The system has no named pipes. */
  | "UNSUPPORTED_PLATFORM"
  /** This backend of the emulator cannot do it. */
  | "UNSUPPORTED";

/** Options of {@link AleError}. */
export interface AleErrorOptions {
  /** Name of the wrong argument or option. */
  argument?: string;
  /** Seed of the episode during which it happened. */
  seed?: number;
  /** Steps of the episode before it happened. */
  step?: number;
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
  /** Errors of `ale-bindings` and `ale-bindings/wasm` are one kind, though each entry holds the class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && BRAND in value;
  }

  /** Stable name of the kind of failure. */
  readonly code: AleErrorCode;
  /** Name of the wrong argument or option, with `INVALID_ARGUMENT`. */
  readonly argument?: string;
  /** The last seed given to `reset`, where an episode was lost. */
  readonly seed?: number;
  /** Steps that the lost episode had. */
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

/** An {@link AleError} about one argument. */
export function invalidArgument(argument: string, message: string): AleError {
  return new AleError("INVALID_ARGUMENT", `${argument}: ${message}`, { argument });
}

/** The system could not do what a start needs. */
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

/** Whether the Python process is gone: a new one may help. */
export function isProcessFailure(error: unknown): error is AleError {
  return error instanceof AleError && (error.code === "PROCESS_DIED" || error.code === "PROCESS_HUNG");
}

/** The same error with the episode in which it happened. */
export function duringEpisode(error: AleError, seed: number | undefined, step: number): AleError {
  const where = `${seed === undefined ? "unseeded" : `seed ${seed}`}, step ${step}`;
  return new AleError(error.code, `during an episode (${where}): ${error.message}`, {
    seed,
    step,
    argument: error.argument,
    cause: error.cause ?? error,
  });
}
