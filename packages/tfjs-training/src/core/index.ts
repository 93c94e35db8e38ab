/** Errors and states that this package shares with those that build on it; without tfjs. */

export {
  BackendError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  ShapeError,
  TrainingError,
  type TrainingErrorOptions,
} from "./errors.js";
export { nodeBuiltin } from "./node-builtin.js";
export { type Stateful, type StateRecord, type StateTree, sizeOf, type TypedArray } from "./state.js";
