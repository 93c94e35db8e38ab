/** Encodes frames as a GIF. */

import * as gifenc from "gifenc";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Frame } from "../envs/env.js";

const LARGEST = 65535;

/** Options of {@link encodeGif}. */
export interface EncodeGifOptions {
  /** Frames per second, default 30; browsers show at most 50. */
  fps?: number;
  /** Whether the animation repeats, default true. */
  loop?: boolean;
}

const names = optionNames<EncodeGifOptions>({
  fps: true,
  loop: true,
});

/**
 * Encodes frames as an animated GIF. Frames with up to 256 colours in total, as games have them, keep every
 * colour; others get a palette of 256 colours each.
 *
 * @param frames at least one, all of one size
 * @returns the bytes of the file
 * @throws InvalidArgumentError when there is no frame or `fps` is not positive
 * @throws ShapeError when frames differ in size, are larger than GIF allows, or do not have `height * width * 3` bytes
 *
 * @example
 * ```ts
 * const env = make("Arcade/Breakout-v0");
 * env.reset({ seed: 0 });
 * const frames = Array.from({ length: 60 }, () => {
 *   env.step(env.actionSpace.sample(new Random(1)));
 *   return env.render();
 * });
 * const bytes = encodeGif(frames, { fps: 60 });
 * ```
 */
export function encodeGif(frames: readonly Frame[], options: EncodeGifOptions = {}): Uint8Array<ArrayBuffer> {
  checkOptions("encodeGif", options, names);
  const { fps = 30, loop = true } = options;
  if (frames.length === 0) throw new InvalidArgumentError("frames", "expected at least one, received none");
  if (!(fps > 0)) throw new InvalidArgumentError("fps", `expected a positive number, received ${fps}`);
  const [{ width, height }] = frames;
  if (!(width > 0 && height > 0 && Math.max(width, height) <= LARGEST)) {
    throw new ShapeError("frames", `1 to ${LARGEST} rows and columns, as GIF has`, [height, width]);
  }
  for (const frame of frames) {
    if (frame.width !== width || frame.height !== height) {
      throw new ShapeError("frames", `[${height}, ${width}] as the first`, [frame.height, frame.width]);
    }
    if (frame.data.length !== height * width * 3) {
      throw new ShapeError("frame.data", `[${height} * ${width} * 3]`, [frame.data.length]);
    }
  }
  const { GIFEncoder, quantize, applyPalette } = library();
  const gif = GIFEncoder();
  const common = commonPalette(frames);
  frames.forEach((frame, i) => {
    const at = { repeat: loop ? 0 : -1, delay: delayOf(i, fps) };
    if (common) {
      // The first palette is used for all frames.
      gif.writeFrame(indices(frame, common), width, height, {
        ...at,
        palette: i === 0 ? [...common.keys()].map(channels) : undefined,
      });
    } else {
      const rgba = withAlpha(frame);
      const palette = quantize(rgba, 256);
      gif.writeFrame(applyPalette(rgba, palette), width, height, { ...at, palette });
    }
  });
  gif.finish();
  return gif.bytes();
}

// Bundlers provide named exports, Node's ES modules the CommonJS object.
function library(): typeof gifenc.default {
  const named: object = gifenc;
  return "GIFEncoder" in named ? gifenc : gifenc.default;
}

// GIF counts hundredths of a second: errors do not add up over the frames.
function delayOf(i: number, fps: number): number {
  const hundredths = (n: number) => Math.round((n * 100) / fps);
  return 10 * Math.max(2, hundredths(i + 1) - hundredths(i));
}

function commonPalette(frames: readonly Frame[]): Map<number, number> | undefined {
  const palette = new Map<number, number>();
  for (const { data } of frames) {
    let last = -1;
    for (let i = 0; i < data.length; i += 3) {
      const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      if (colour === last) continue;
      last = colour;
      if (palette.has(colour)) continue;
      if (palette.size === 256) return undefined;
      palette.set(colour, palette.size);
    }
  }
  return palette;
}

function indices({ data }: Frame, palette: Map<number, number>): Uint8Array {
  const indexed = new Uint8Array(data.length / 3);
  let last = -1;
  let index = 0;
  for (let i = 0, at = 0; i < indexed.length; i++, at += 3) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    if (colour !== last) {
      last = colour;
      index = palette.get(colour) as number;
    }
    indexed[i] = index;
  }
  return indexed;
}

function channels(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function withAlpha({ data }: Frame): Uint8Array {
  const rgba = new Uint8Array((data.length / 3) * 4).fill(255);
  for (let i = 0, j = 0; i < data.length; i += 3, j += 4) {
    rgba[j] = data[i];
    rgba[j + 1] = data[i + 1];
    rgba[j + 2] = data[i + 2];
  }
  return rgba;
}
