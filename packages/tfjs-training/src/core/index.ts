/**
 * Errors, state types and option checks shared with packages that build on this one; without tfjs.
 *
 * @module
 */

export { bytesFromBase64 } from "./base64.js";
export { checkOptions, type OptionNames, optionNames } from "./check-options.js";
export {
  BackendError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  ShapeError,
  TrainingError,
  type TrainingErrorOptions,
} from "./errors.js";
export { editDistance, nearestName, plainName } from "./nearest-name.js";
export { inNode, nodeBuiltin } from "./node-builtin.js";
export { showValue } from "./show-value.js";
export { type Stateful, type StateRecord, type StateTree, sizeOf, type TypedArray } from "./state.js";
