/** Typed errors: every failure of the library is a subclass of {@link NcpsError}. */

/** Options shared by every {@link NcpsError}. */
export interface NcpsErrorOptions {
  /** The error that led to this one, when there is one. */
  cause?: unknown;
}

/**
 * Base class of every error that the library throws on purpose. `code` and `name` survive minifying, and are equal in
 * programs that load the library twice, by `import` and by `require`, where `instanceof` is not.
 *
 * @example
 * ```ts
 * import { CartPoleEnv, NcpsError } from "ncps-ts";
 *
 * try {
 *   new CartPoleEnv().step(0); // step before reset
 * } catch (error) {
 *   if (error instanceof NcpsError) console.log(error.code); // "INVALID_STATE"
 * }
 * ```
 */
export class NcpsError extends Error {
  // A literal, on the prototype as Error's own is: class names do not survive minifying.
  static {
    NcpsError.prototype.name = "NcpsError";
  }

  /** Stable, machine-readable name of the kind of failure. */
  readonly code: string;

  /** @param code stable name · @param message what was expected, what came, what to do */
  constructor(code: string, message: string, options: NcpsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

/** An argument or option has a wrong value. Code `INVALID_ARGUMENT`. */
export class InvalidArgumentError extends NcpsError {
  static {
    InvalidArgumentError.prototype.name = "InvalidArgumentError";
  }

  /** Name of the argument or option, e.g. `"gamma"`. */
  readonly argument: string;

  /** @param argument name of the argument · @param message expected, received, remedy */
  constructor(argument: string, message: string, options?: NcpsErrorOptions) {
    super("INVALID_ARGUMENT", `${argument}: ${message}`, options);
    this.argument = argument;
  }
}

/** An array or tensor has a wrong shape. Code `SHAPE`. */
export class ShapeError extends NcpsError {
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
export class InvalidStateError extends NcpsError {
  static {
    InvalidStateError.prototype.name = "InvalidStateError";
  }

  /** @param message what was called, what must come first */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("INVALID_STATE", message, options);
  }
}

/** A name is not in a registry. Code `NOT_REGISTERED`; the message lists near names. */
export class NotRegisteredError extends NcpsError {
  static {
    NotRegisteredError.prototype.name = "NotRegisteredError";
  }

  /** @param message the name asked for and the names there are */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("NOT_REGISTERED", message, options);
  }
}

/** An environment breaks the {@link Env} contract. Code `ENV_CONTRACT`. */
export class EnvContractError extends NcpsError {
  static {
    EnvContractError.prototype.name = "EnvContractError";
  }

  /** @param message which rule is broken and how */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("ENV_CONTRACT", message, options);
  }
}

/** A loss, gradient, observation or reward became NaN or infinite. Code `NON_FINITE`. */
export class NonFiniteError extends NcpsError {
  static {
    NonFiniteError.prototype.name = "NonFiniteError";
  }

  /** @param message which quantity, where, and what was kept */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("NON_FINITE", message, options);
  }
}

/** A checkpoint cannot be written, or is damaged, of another version, or of another model. Code `CHECKPOINT`. */
export class CheckpointError extends NcpsError {
  static {
    CheckpointError.prototype.name = "CheckpointError";
  }

  /** @param message file, field, and what is wrong with it */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("CHECKPOINT", message, options);
  }
}

/** An optional part is not installed. Code `MISSING_DEPENDENCY`; the message holds the command that mends it. */
export class MissingDependencyError extends NcpsError {
  static {
    MissingDependencyError.prototype.name = "MissingDependencyError";
  }

  /** @param message what is missing and the command that installs it */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("MISSING_DEPENDENCY", message, options);
  }
}

/** A backend cannot do what was asked of it. Code `BACKEND`. */
export class BackendError extends NcpsError {
  static {
    BackendError.prototype.name = "BackendError";
  }

  /** @param message which backend, what failed, what to do */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("BACKEND", message, options);
  }
}

/** A log cannot be read or written. Code `LOGGING`. */
export class LoggingError extends NcpsError {
  static {
    LoggingError.prototype.name = "LoggingError";
  }

  /** @param message which log, what went wrong, what to do */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("LOGGING", message, options);
  }
}

/** Data for training cannot be found, fetched, read or written, or are of another kind. Code `DATASET`. */
export class DatasetError extends NcpsError {
  static {
    DatasetError.prototype.name = "DatasetError";
  }

  /** @param message which file, what is wrong with it, what to do */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("DATASET", message, options);
  }
}
