/** Patches of images as a matrix, written in the layout that the filter gradient multiplies. */

/** Geometry of a convolution over `[batch, height, width, channels]`, as tfjs computes it. */
export interface ConvGeometry {
  /** Images. */
  batchSize: number;
  /** Input rows. */
  inHeight: number;
  /** Input columns. */
  inWidth: number;
  /** Input channels. */
  inChannels: number;
  /** Output rows. */
  outHeight: number;
  /** Output columns. */
  outWidth: number;
  /** Output channels. */
  outChannels: number;
  /** Filter rows. */
  filterHeight: number;
  /** Filter columns. */
  filterWidth: number;
  /** Step between output rows. */
  strideHeight: number;
  /** Step between output columns. */
  strideWidth: number;
  /** Step between filter rows. */
  dilationHeight: number;
  /** Step between filter columns. */
  dilationWidth: number;
  /** Rows and columns of zeros before the input. */
  padInfo: { top: number; left: number };
}

/** A run of output rows, counted through all images: row `oh` of image `i` is `i * outHeight + oh`. */
export interface RowRange {
  /** First row. */
  first: number;
  /** One past the last row. */
  last: number;
}

/**
 * Writes the matrix `[filterHeight * filterWidth * inChannels, rows * outWidth]` of the input values
 * that each filter weight meets in a run of output rows, zeros where a patch leaves the image.
 *
 * @param heap memory with the input at index `x` and room for the matrix at index `columns`
 */
export function writePatches(
  heap: Float32Array,
  x: number,
  columns: number,
  geometry: ConvGeometry,
  rows: RowRange,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = geometry;
  const length = (rows.last - rows.first) * outWidth;
  const step = strideWidth * inChannels;
  // Image by image, so that the strided reads stay in the cache.
  for (let row = rows.first; row < rows.last; ) {
    const image = Math.floor(row / outHeight);
    const top = row - image * outHeight;
    const bottom = Math.min(outHeight, top + rows.last - row);
    for (let kh = 0; kh < filterHeight; kh++) {
      for (let kw = 0; kw < filterWidth; kw++) {
        const shift = kw * dilationWidth - padInfo.left;
        const [from, to] = columnsInside(shift, strideWidth, inWidth, outWidth);
        for (let channel = 0; channel < inChannels; channel++) {
          let write =
            columns +
            ((kh * filterWidth + kw) * inChannels + channel) * length +
            (row - rows.first) * outWidth;
          for (let oh = top; oh < bottom; oh++, write += outWidth) {
            const ih = oh * strideHeight + kh * dilationHeight - padInfo.top;
            if (ih < 0 || ih >= inHeight) {
              heap.fill(0, write, write + outWidth);
              continue;
            }
            let read =
              x + ((image * inHeight + ih) * inWidth + from * strideWidth + shift) * inChannels + channel;
            for (let ow = 0; ow < from; ow++) heap[write + ow] = 0;
            for (let ow = from; ow < to; ow++) {
              heap[write + ow] = heap[read];
              read += step;
            }
            for (let ow = to; ow < outWidth; ow++) heap[write + ow] = 0;
          }
        }
      }
    }
    row += bottom - top;
  }
}

// The output columns [from, to) for which `column * stride + shift` is a column of the image.
function columnsInside(shift: number, stride: number, inWidth: number, outWidth: number): [number, number] {
  const from = Math.min(outWidth, Math.max(0, Math.ceil(-shift / stride)));
  const to = Math.min(outWidth, Math.floor((inWidth - 1 - shift) / stride) + 1);
  return [from, Math.max(from, to)];
}
