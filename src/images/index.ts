/** Gray and small pictures. */

export { AreaResizer, type AreaResizerOptions } from "./area-resize.js";
export { rgbToGray } from "./gray.js";
