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

/** Thrown when a name is not in a registry. Code `NOT_REGISTERED`; the message lists similar names. */
export class NotRegisteredError extends NcpsError {
  static {
    NotRegisteredError.prototype.name = "NotRegisteredError";
  }

  /** @param message the requested name and the known names */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("NOT_REGISTERED", message, options);
  }
}

/** Thrown when an environment breaks the `Env` contract. Code `ENV_CONTRACT`. */
export class EnvContractError extends NcpsError {
  static {
    EnvContractError.prototype.name = "EnvContractError";
  }

  /** @param message which rule is broken and how */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("ENV_CONTRACT", message, options);
  }
}

/** Thrown when a loss, gradient, observation or reward is NaN or infinite. Code `NON_FINITE`. */
export class NonFiniteError extends NcpsError {
  static {
    NonFiniteError.prototype.name = "NonFiniteError";
  }

  /** @param message which quantity, where, and what was kept */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("NON_FINITE", message, options);
  }
}

/** Thrown when a checkpoint cannot be written, is damaged, or of another version or model. Code `CHECKPOINT`. */
export class CheckpointError extends NcpsError {
  static {
    CheckpointError.prototype.name = "CheckpointError";
  }

  /** @param message file, field, and what is wrong with it */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("CHECKPOINT", message, options);
  }
}

/** Thrown when a log cannot be read or written. Code `LOGGING`. */
export class LoggingError extends NcpsError {
  static {
    LoggingError.prototype.name = "LoggingError";
  }

  /** @param message which log, what went wrong, what to do */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("LOGGING", message, options);
  }
}

/** Thrown when training data cannot be found, downloaded, read or written, or are of another kind. Code `DATASET`. */
export class DatasetError extends NcpsError {
  static {
    DatasetError.prototype.name = "DatasetError";
  }

  /** @param message which file, what is wrong with it, what to do */
  constructor(message: string, options?: NcpsErrorOptions) {
    super("DATASET", message, options);
  }
}
