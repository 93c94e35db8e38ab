/**
 * Gray and small pictures.
 *
 * @module
 */

export { AreaResizer, type AreaResizerOptions } from "./area-resize.js";
export { rgbToGray } from "./gray.js";
