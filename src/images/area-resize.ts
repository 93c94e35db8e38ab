/** Shrinks images by area averaging. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { type AreaAxis, areaAxis } from "./area-axis.js";
import { type AreaSource, areaPixel } from "./area-pixel.js";
import { blockMean } from "./block-mean.js";
import { rgbToGray } from "./gray.js";
import { PackedArea } from "./packed-area.js";

/** Options of {@link AreaResizer}. */
export interface AreaResizerOptions {
  /** Rows of the input images. */
  inputHeight: number;
  /** Columns of the input images. */
  inputWidth: number;
  /** Rows of the output images, at most `inputHeight`. */
  outputHeight: number;
  /** Columns of the output images, at most `inputWidth`. */
  outputWidth: number;
}

const names = optionNames<AreaResizerOptions>({
  inputHeight: true,
  inputWidth: true,
  outputHeight: true,
  outputWidth: true,
});

/**
 * Shrinks gray images of one size to another size: every output pixel is the mean of the input area
 * under it. Equal byte for byte to OpenCV's `resize(gray, (width, height), interpolation=INTER_AREA)`.
 *
 * @example
 * ```ts
 * const resizer = new AreaResizer({ inputHeight: 210, inputWidth: 160, outputHeight: 84, outputWidth: 84 });
 * const small = new Uint8Array(84 * 84);
 * resizer.resizeRGB(screen, small); // [210, 160, 3] -> [84, 84], gray
 * ```
 */
export class AreaResizer {
  /** Input size: rows and columns. */
  readonly inputShape: readonly [number, number];
  /** Output size: rows and columns. */
  readonly outputShape: readonly [number, number];
  private readonly rows: AreaAxis;
  private readonly columns: AreaAxis;
  private readonly whole: boolean;
  private readonly packed: PackedArea | null;
  private gray: Uint8Array | null = null;

  /** @throws InvalidArgumentError when a size is not a positive integer, or an output is larger than its input */
  constructor(options: AreaResizerOptions) {
    if (new.target === AreaResizer) checkOptions("AreaResizer", options, names);
    const { inputHeight, inputWidth, outputHeight, outputWidth } = options;
    checkSize("outputHeight", outputHeight, "inputHeight", inputHeight);
    checkSize("outputWidth", outputWidth, "inputWidth", inputWidth);
    this.inputShape = [inputHeight, inputWidth];
    this.outputShape = [outputHeight, outputWidth];
    this.rows = areaAxis(inputHeight, outputHeight);
    this.columns = areaAxis(inputWidth, outputWidth);
    this.whole = inputHeight % outputHeight === 0 && inputWidth % outputWidth === 0;
    this.packed =
      !this.whole && PackedArea.fits(this.rows, this.columns)
        ? new PackedArea(this.rows, this.columns)
        : null;
  }

  /**
   * Shrinks a gray image.
   *
   * @param gray `[inputHeight, inputWidth]`
   * @param out `[outputHeight, outputWidth]`, written and returned; default: a new array
   * @throws ShapeError when a length is wrong
   */
  resize(gray: Uint8Array, out: Uint8Array = this.newOutput()): Uint8Array {
    this.check("gray", gray, 1, out);
    const [inputHeight, inputWidth] = this.inputShape;
    const [height, width] = this.outputShape;
    if (this.packed) this.packed.resize({ pixels: gray, channels: 1 }, out);
    else if (height === inputHeight && width === inputWidth) out.set(gray);
    else if (this.whole) {
      blockMean(gray, out, {
        height,
        width,
        rowFactor: inputHeight / height,
        columnFactor: inputWidth / width,
      });
    } else this.eachPixel({ pixels: gray, channels: 1 }, out);
    return out;
  }

  /**
   * Converts an RGB image to gray and shrinks it: the same bytes as `resize(rgbToGray(rgb), out)`, faster.
   *
   * @param rgb `[inputHeight, inputWidth, 3]`
   * @param out `[outputHeight, outputWidth]`, written and returned; default: a new array
   * @throws ShapeError when a length is wrong
   */
  resizeRGB(rgb: Uint8Array, out: Uint8Array = this.newOutput()): Uint8Array {
    this.check("rgb", rgb, 3, out);
    if (this.packed) {
      this.packed.resize({ pixels: rgb, channels: 3 }, out);
      return out;
    }
    this.gray ??= new Uint8Array(rgb.length / 3);
    return this.resize(rgbToGray(rgb, this.gray), out);
  }

  private eachPixel(source: AreaSource, out: Uint8Array): void {
    const [height, width] = this.outputShape;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[i++] = areaPixel(source, this.rows, this.columns, y, x);
    }
  }

  private newOutput(): Uint8Array {
    return new Uint8Array(this.outputShape[0] * this.outputShape[1]);
  }

  private check(name: string, pixels: Uint8Array, channels: 1 | 3, out: Uint8Array): void {
    const [inputHeight, inputWidth] = this.inputShape;
    const [height, width] = this.outputShape;
    if (pixels.length !== inputHeight * inputWidth * channels) {
      const shape = channels === 1 ? [inputHeight, inputWidth] : [inputHeight, inputWidth, 3];
      throw new ShapeError(name, `[${shape.join(", ")}]`, [pixels.length]);
    }
    if (out.length !== height * width) throw new ShapeError("out", `[${height}, ${width}]`, [out.length]);
  }
}

function checkSize(outputName: string, output: number, inputName: string, input: number): void {
  for (const [name, size] of [
    [inputName, input],
    [outputName, output],
  ] as const) {
    checkInteger(name, size);
  }
  if (output > input) {
    throw new InvalidArgumentError(
      outputName,
      `expected at most ${inputName} = ${input}, received ${output}: area averaging only shrinks`,
    );
  }
}
