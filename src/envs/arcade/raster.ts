/** RGB image that games draw on. */

/** A colour as `0xRRGGBB`. */
export type Colour = number;

/** An RGB image of fixed size, initially black. */
export class Raster {
  /** Pixels: `height * width * 3` bytes, row by row. */
  readonly data: Uint8Array;

  /** @param height number of rows · @param width number of columns */
  constructor(
    readonly height: number,
    readonly width: number,
  ) {
    this.data = new Uint8Array(height * width * 3);
  }

  /** Sets the colour of one pixel. */
  set(row: number, column: number, colour: Colour): void {
    const at = (row * this.width + column) * 3;
    this.data[at] = colour >> 16;
    this.data[at + 1] = (colour >> 8) & 255;
    this.data[at + 2] = colour & 255;
  }

  /** Fills a rectangle, which must be within the image. */
  fill(row: number, column: number, height: number, width: number, colour: Colour): void {
    for (let y = row; y < row + height; y++) {
      for (let x = column; x < column + width; x++) this.set(y, x, colour);
    }
  }
}
