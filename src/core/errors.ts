/** Typed errors: every failure of the library is a subclass of {@link NcpsError}. */

import {
  TrainingError as NcpsError,
  type TrainingErrorOptions as NcpsErrorOptions,
} from "tfjs-training/core";

export {
  BackendError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  ShapeError,
} from "tfjs-training/core";
export { NcpsError, type NcpsErrorOptions };

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

/** An environment breaks the `Env` contract. Code `ENV_CONTRACT`. */
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
