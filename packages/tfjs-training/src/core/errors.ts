/** Typed errors: every error that this package throws on purpose is a subclass of {@link TrainingError}. */

/** Options shared by every {@link TrainingError}. */
export interface TrainingErrorOptions {
  /** The error that led to this one, if there is one. */
  cause?: unknown;
}

/**
 * Base class of every error that the library throws on purpose. `code` and `name` survive minification, and are equal
 * in programs that load the library twice, by `import` and by `require`, where `instanceof` fails.
 *
 * @example
 * ```ts
 * import { TrainingError, useBackend } from "tfjs-training";
 *
 * try {
 *   await useBackend("wasm");
 * } catch (error) {
 *   if (error instanceof TrainingError) console.log(error.code); // "BACKEND"
 * }
 * ```
 */
export class TrainingError extends Error {
  // A literal, on the prototype as Error's own is: class names do not survive minification.
  static {
    TrainingError.prototype.name = "TrainingError";
  }

  /** Stable, machine-readable name of the kind of failure. */
  readonly code: string;

  /** @param code stable name · @param message what was expected, what came, what to do */
  constructor(code: string, message: string, options: TrainingErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

/** An argument or option has an invalid value. Code `INVALID_ARGUMENT`. */
export class InvalidArgumentError extends TrainingError {
  static {
    InvalidArgumentError.prototype.name = "InvalidArgumentError";
  }

  /** Name of the argument or option, e.g. `"gamma"`. */
  readonly argument: string;

  /** @param argument name of the argument · @param message expected, received, remedy */
  constructor(argument: string, message: string, options?: TrainingErrorOptions) {
    super("INVALID_ARGUMENT", `${argument}: ${message}`, options);
    this.argument = argument;
  }
}

/** An array or tensor has a wrong shape. Code `SHAPE`. */
export class ShapeError extends TrainingError {
  static {
    ShapeError.prototype.name = "ShapeError";
  }

  /** Name of the array or tensor. */
  readonly argument: string;

  /** @param argument name of the tensor · @param expected shape in words · @param received actual shape */
  constructor(argument: string, expected: string, received: readonly (number | null)[], hint = "") {
    super(
      "SHAPE",
      `${argument}: expected shape ${expected}, received [${received.join(", ")}]${hint ? `. ${hint}` : ""}`,
    );
    this.argument = argument;
  }
}

/** A method was called at the wrong time, e.g. `step` before `reset`. Code `INVALID_STATE`. */
export class InvalidStateError extends TrainingError {
  static {
    InvalidStateError.prototype.name = "InvalidStateError";
  }

  /** @param message what was called, what must come first */
  constructor(message: string, options?: TrainingErrorOptions) {
    super("INVALID_STATE", message, options);
  }
}

/**
 * An optional package is not installed. Code `MISSING_DEPENDENCY`; the message contains the command that installs it.
 */
export class MissingDependencyError extends TrainingError {
  static {
    MissingDependencyError.prototype.name = "MissingDependencyError";
  }

  /** @param message what is missing and the command that installs it */
  constructor(message: string, options?: TrainingErrorOptions) {
    super("MISSING_DEPENDENCY", message, options);
  }
}

/** A backend cannot do what was requested. Code `BACKEND`. */
export class BackendError extends TrainingError {
  static {
    BackendError.prototype.name = "BackendError";
  }

  /** @param message which backend, what failed, what to do */
  constructor(message: string, options?: TrainingErrorOptions) {
    super("BACKEND", message, options);
  }
}
