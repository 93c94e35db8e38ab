/**
 * Choosing and preparing the tensor backend.
 *
 * @module ncps-ts/backends
 */

export {
  type AcceleratorChoice,
  type AcceleratorOptions,
  type BackendChoice,
  type BackendExtension,
  type BackendName,
  type KernelOptions,
  type RejectedBackend,
  registerComparisonGradients,
  registerMissingGradients,
  requireBackend,
  type UseBackendOptions,
} from "tfjs-training";
export { useBackend } from "../recurrent/use-backend.js";
