/**
 * Errors and state types shared with packages that build on this one; without tfjs.
 *
 * @module
 */

export { bytesFromBase64 } from "./base64.js";
export {
  BackendError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  ShapeError,
  TrainingError,
  type TrainingErrorOptions,
} from "./errors.js";
export { inNode, nodeBuiltin } from "./node-builtin.js";
export { type Stateful, type StateRecord, type StateTree, sizeOf, type TypedArray } from "./state.js";
