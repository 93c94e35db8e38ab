/**
 * Conversion of images to gray and smaller sizes.
 *
 * @module
 */

export { AreaResizer, type AreaResizerOptions } from "./area-resize.js";
export { rgbToGray } from "./gray.js";
