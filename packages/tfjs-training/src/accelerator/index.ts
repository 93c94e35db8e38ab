/** Native matrix products under the kernels of the wasm backend. */

export { checkCfc } from "../../../../src/recurrent/accelerator/check-cfc.js";
export { RuntimeCfc } from "../../../../src/recurrent/accelerator/runtime-cfc.js";
export { checkProducts } from "./check-products.js";
export { productNames } from "./product-model.js";
export type { ProductRuntime, RuntimeMatrix, RuntimeSession } from "./product-runtime.js";
export { RuntimeProducts, type RuntimeProductsOptions, worthwhileWork } from "./runtime-products.js";
