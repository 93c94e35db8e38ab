/** Resizes frames for the GIFs. */

import type { Frame } from "ncps-ts/envs";

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

/**
 * Resizes the frame bilinearly and truncates to integers, as the document's `tf.cast(tf.image.resize(...),
 * tf.uint8)`.
 */
export function resize({ data, height: rows, width: columns }: Frame, { height, width }: Size): Frame {
  const resized = new Uint8Array(height * width * 3);
  const across = axis(width, columns);
  axis(height, rows).forEach(({ low, high, share: down }, row) => {
    across.forEach(({ low: left, high: right, share }, column) => {
      for (let colour = 0; colour < 3; colour++) {
        const at = (y: number, x: number) => data[3 * (y * columns + x) + colour];
        const top = at(low, left) + share * (at(low, right) - at(low, left));
        const bottom = at(high, left) + share * (at(high, right) - at(high, left));
        resized[3 * (row * width + column) + colour] = Math.floor(top + down * (bottom - top));
      }
    });
  });
  return { data: resized, height, width };
}

// The two pixels that each new one lies between: centres of pixels are at halves.
function axis(size: number, inputs: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: size }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * inputs) / size - 0.5);
    const low = Math.min(inputs - 1, Math.floor(place));
    return { low, high: Math.min(inputs - 1, low + 1), share: place - low };
  });
}
