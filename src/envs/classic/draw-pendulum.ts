/** Renders a pendulum. */

import type { Frame } from "../env.js";

type Colour = readonly [number, number, number];
type Inside = (x: number, y: number) => boolean;

const SIZE = 500;
const CENTRE = SIZE / 2;
/** Pixels per unit of length; the frame shows 2.2 units to every side. */
const SCALE = SIZE / 4.4;
const ROD: Colour = [204, 77, 77];
const TORQUE: Colour = [90, 90, 90];
const AXLE: Colour = [0, 0, 0];
const HALF_WIDTH = 0.1 * SCALE;
const ARC = { from: 0.25 * SCALE, to: 0.31 * SCALE };

/**
 * Draws the rod and its axle, and an arc around the axle whose length shows the torque: `500 x 500` RGB.
 *
 * @param angle angle of the rod in radians, 0 upright, growing anticlockwise
 * @param torque -1..1 of the largest one, positive anticlockwise
 */
export function drawPendulum(angle: number, torque: number): Frame {
  const data = new Uint8Array(SIZE * SIZE * 3).fill(255);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  // Coordinates with the axle as origin and y upwards; the rod points to (-sin, cos).
  colour(data, ROD, SCALE + HALF_WIDTH, (x, y) => {
    const along = Math.max(0, Math.min(SCALE, y * cos - x * sin));
    return Math.hypot(x + along * sin, y - along * cos) <= HALF_WIDTH;
  });
  const sweep = torque * Math.PI;
  colour(data, TORQUE, ARC.to, (x, y) => {
    const radius = Math.hypot(x, y);
    const turned = Math.atan2(-x, y);
    const within = sweep > 0 ? turned >= 0 && turned <= sweep : turned <= 0 && turned >= sweep;
    return sweep !== 0 && within && radius >= ARC.from && radius <= ARC.to;
  });
  colour(data, AXLE, 0.05 * SCALE, (x, y) => Math.hypot(x, y) <= 0.05 * SCALE);
  return { height: SIZE, width: SIZE, data };
}

// Colours the pixels around the axle whose centres are inside.
function colour(data: Uint8Array, rgb: Colour, reach: number, inside: Inside): void {
  const [first, last] = [Math.floor(CENTRE - reach), Math.ceil(CENTRE + reach)];
  for (let row = first; row < last; row++) {
    for (let column = first; column < last; column++) {
      if (inside(column + 0.5 - CENTRE, CENTRE - row - 0.5)) data.set(rgb, (row * SIZE + column) * 3);
    }
  }
}
