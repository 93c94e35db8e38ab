/** Scales frames to other sizes. */

import type { Frame } from "../envs/env.js";

/**
 * A frame scaled to another size: every new pixel is the mean of the area it covers.
 *
 * @param frame the frame · @param height new number of rows · @param width new number of columns
 */
export function scaleFrame(frame: Frame, height: number, width: number): Frame {
  const across = spans(frame.width, width);
  const down = spans(frame.height, height);
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) average(frame, down[y], across[x], data, (y * width + x) * 3);
  }
  return { height, width, data };
}

// The old lines that a new line covers: index of the first one, and the weight of each.
interface Span {
  first: number;
  weights: number[];
}

function spans(from: number, to: number): Span[] {
  const size = from / to;
  return Array.from({ length: to }, (_, i) => {
    const start = i * size;
    const end = Math.min((i + 1) * size, from);
    const first = Math.floor(start);
    const count = Math.max(1, Math.ceil(end - 1e-9) - first);
    const weights = Array.from({ length: count }, (_, k) => {
      return (Math.min(end, first + k + 1) - Math.max(start, first + k)) / (end - start);
    });
    return { first, weights };
  });
}

function average(frame: Frame, down: Span, across: Span, into: Uint8Array, at: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let j = 0; j < down.weights.length; j++) {
    for (let i = 0; i < across.weights.length; i++) {
      const weight = down.weights[j] * across.weights[i];
      const from = ((down.first + j) * frame.width + across.first + i) * 3;
      red += weight * frame.data[from];
      green += weight * frame.data[from + 1];
      blue += weight * frame.data[from + 2];
    }
  }
  into[at] = Math.round(red);
  into[at + 1] = Math.round(green);
  into[at + 2] = Math.round(blue);
}
