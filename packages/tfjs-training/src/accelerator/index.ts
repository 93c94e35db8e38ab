/**
 * Native matrix products for the kernels of the wasm backend.
 *
 * @module
 */

export type { AcceleratorExtension, ExtensionOptions } from "./accelerator-extension.js";
export { checkProducts } from "./check-products.js";
export { productNames } from "./product-model.js";
export type { ProductRuntime, RuntimeMatrix, RuntimeSession } from "./product-runtime.js";
export { RuntimeProducts, type RuntimeProductsOptions, worthwhileWork } from "./runtime-products.js";
