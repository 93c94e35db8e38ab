/** A picture that games draw on. */

/** A colour as `0xRRGGBB`. */
export type Colour = number;

/** An RGB picture of fixed size, black at first. */
export class Raster {
  /** `height * width * 3` bytes, row by row. */
  readonly data: Uint8Array;

  /** @param height rows · @param width columns */
  constructor(
    readonly height: number,
    readonly width: number,
  ) {
    this.data = new Uint8Array(height * width * 3);
  }

  /** Colours one pixel. */
  set(row: number, column: number, colour: Colour): void {
    const at = (row * this.width + column) * 3;
    this.data[at] = colour >> 16;
    this.data[at + 1] = (colour >> 8) & 255;
    this.data[at + 2] = colour & 255;
  }

  /** Colours a rectangle that lies within the picture. */
  fill(row: number, column: number, height: number, width: number, colour: Colour): void {
    for (let y = row; y < row + height; y++) {
      for (let x = column; x < column + width; x++) this.set(y, x, colour);
    }
  }
}
