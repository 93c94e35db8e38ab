/** Mirroring of frames. */

import { InvalidArgumentError, ShapeError } from "../core/errors.js";

/**
 * Mirrors pictures left to right, in place.
 *
 * @param frames any number of consecutive pictures, bytes
 * @param shape shape of one picture, `[height, width, channels]`
 * @throws ShapeError when a picture has another number of axes, or the bytes are not a whole number of pictures
 */
export function mirrorFrames(frames: Uint8Array, shape: readonly number[]): void {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || frames.length % (height * width * channels) !== 0) {
    throw new ShapeError("mirrorFrames", "whole pictures [height, width, channels]", [
      frames.length,
      ...shape,
    ]);
  }
  // A pixel of four bytes is treated as one number.
  const whole = channels === 4 && frames.byteOffset % 4 === 0;
  const pixels = whole ? new Uint32Array(frames.buffer, frames.byteOffset, frames.length / 4) : frames;
  const size = whole ? 1 : channels;
  const row = width * size;
  for (let start = 0; start < pixels.length; start += row) {
    for (let left = start, right = start + row - size; left < right; left += size, right -= size) {
      for (let channel = 0; channel < size; channel++) {
        const pixel = pixels[left + channel];
        pixels[left + channel] = pixels[right + channel];
        pixels[right + channel] = pixel;
      }
    }
  }
}

/**
 * Validates the mirror image of each action.
 *
 * @throws InvalidArgumentError when an entry is not an action, or mirroring twice does not give the same action
 */
export function checkMirrorActions(mirror: readonly number[], numActions: number): void {
  if (mirror.length !== numActions || mirror.some((image, action) => mirror[image] !== action)) {
    throw new InvalidArgumentError(
      "mirrorActions",
      `expected for each of ${numActions} actions the one that it is in a mirror, e.g. [0, 1, 3, 2] where 2 and 3 are right and left; received [${mirror.join(", ")}]`,
    );
  }
}
