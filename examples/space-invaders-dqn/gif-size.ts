/** Pictures of another size, for the GIFs. */

import type { Frame } from "ncps-ts";

export interface Size {
  height: number;
  width: number;
}

/** Reads `"480x320"`: rows, columns. */
export function readSize(text: string | undefined): Size | undefined {
  if (text === undefined) return undefined;
  const [height, width] = (/^(\d+)x(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (!(height > 0 && width > 0)) {
    throw new Error(`--gif-size: expected rows x columns such as 480x320, received "${text}"`);
  }
  return { height, width };
}

/** The frame with each pixel taken from the nearest one: no new colours, which a GIF has few of. */
export function resize({ data, height: rows, width: columns }: Frame, { height, width }: Size): Frame {
  const resized = new Uint8Array(height * width * 3);
  for (let row = 0, to = 0; row < height; row++) {
    const line = Math.floor(((row + 0.5) * rows) / height) * columns;
    for (let column = 0; column < width; column++, to += 3) {
      const from = 3 * (line + Math.floor(((column + 0.5) * columns) / width));
      resized.set(data.subarray(from, from + 3), to);
    }
  }
  return { data: resized, height, width };
}
