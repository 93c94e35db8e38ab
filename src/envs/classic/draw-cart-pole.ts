/** Renders a cart with a pole. */

import type { Frame } from "../env.js";

type Colour = readonly [number, number, number];
type Inside = (x: number, y: number) => boolean;

const WIDTH = 600;
const HEIGHT = 400;
const TRACK_ROW = 300;
const CART = { width: 60, height: 32 };
const POLE = { width: 10, length: 120 };
const AXLE_RADIUS = 6;

/**
 * Draws the track, the cart and the pole from the side: `400 x 600` RGB.
 *
 * @param position position of the cart, 0 in the middle
 * @param angle angle of the pole in radians, 0 upright, positive to the right
 * @param limit position at the edge of the frame
 */
export function drawCartPole(position: number, angle: number, limit: number): Frame {
  const data = new Uint8Array(HEIGHT * WIDTH * 3).fill(255);
  const x = WIDTH / 2 + (position / limit) * (WIDTH / 2);
  const axle = TRACK_ROW - CART.height / 2;
  const sin = Math.sin(angle);
  const cos = Math.cos(angle);
  fill(data, [70, 70, 70], 0, WIDTH, TRACK_ROW, TRACK_ROW + 2);
  fill(data, [30, 60, 90], x - CART.width / 2, x + CART.width / 2, TRACK_ROW - CART.height, TRACK_ROW);
  const reach = POLE.length + POLE.width;
  fill(data, [205, 133, 63], x - reach, x + reach, axle - reach, axle + POLE.width, (px, py) => {
    const along = (px - x) * sin + (axle - py) * cos;
    const across = (px - x) * cos - (axle - py) * sin;
    return along >= 0 && along <= POLE.length && Math.abs(across) <= POLE.width / 2;
  });
  const near = (centre: number) => [centre - AXLE_RADIUS, centre + AXLE_RADIUS] as const;
  fill(data, [240, 200, 80], ...near(x), ...near(axle), (px, py) => {
    return (px - x) ** 2 + (py - axle) ** 2 <= AXLE_RADIUS ** 2;
  });
  return { height: HEIGHT, width: WIDTH, data };
}

// Colours the pixels whose centres are inside a rectangle, clipped at the edges.
function fill(
  data: Uint8Array,
  colour: Colour,
  left: number,
  right: number,
  top: number,
  bottom: number,
  inside: Inside = () => true,
): void {
  for (let row = Math.max(0, Math.round(top)); row < Math.min(HEIGHT, Math.round(bottom)); row++) {
    for (let column = Math.max(0, Math.round(left)); column < Math.min(WIDTH, Math.round(right)); column++) {
      if (inside(column + 0.5, row + 0.5)) data.set(colour, (row * WIDTH + column) * 3);
    }
  }
}
